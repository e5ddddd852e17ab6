//! Spanish.

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

use super::super::tag::{Cue, Holiday, Season, Tag, Unit};
use super::Row;

/// The Spanish table.
#[rustfmt::skip] // one row for each meaning, as in a dictionary
pub(super) const WORDS: &[Row] = &[
    (Tag::Marker, "nos viene quiero mi mis con que me yo aprender y_luego muy como sin_parar ser estar es_decir hacer \
        escribir se su lo esta estoy_en"),
    (Tag::Num(100), "un una uno"), (Tag::Num(200), "dos par un_par_de"), (Tag::Num(300), "tres"),
    (Tag::Num(400), "cuatro"), (Tag::Num(500), "cinco"), (Tag::Num(600), "seis"), (Tag::Num(700), "siete"),
    (Tag::Num(800), "ocho"), (Tag::Num(900), "nueve"), (Tag::Num(1000), "diez"), (Tag::Num(1100), "once"),
    (Tag::Num(1200), "doce"), (Tag::Num(1500), "quince"), (Tag::Num(2000), "veinte"),
    (Tag::Num(2500), "veinticinco"), (Tag::Num(3000), "treinta"), (Tag::Num(4000), "cuarenta"),
    (Tag::Num(4500), "cuarenta_y_cinco"), (Tag::Num(5000), "cincuenta"), (Tag::Num(6000), "sesenta"),
    (Tag::Num(9000), "noventa"), (Tag::Num(10000), "cien"), (Tag::Ordinal(1), "primero primer primera 1er"), (Tag::Ordinal(2), "segundo segunda"),
    (Tag::Ordinal(3), "tercero tercer tercera 3er"), (Tag::Ordinal(4), "cuarta"), (Tag::Ordinal(5), "quinto quinta"),
    (Tag::Half, "medio media"), (Tag::AndHalf, "y_media y_medio"), (Tag::Fourth, "cuarto cuartos"),
    (Tag::Unit(Unit::Minute), "min minuto minutos mins"), (Tag::Unit(Unit::Hour), "h hora horas hrs hs"),
    (Tag::Unit(Unit::Day), "dia dias"), (Tag::Unit(Unit::Week), "semana semanas sem"),
    (Tag::Unit(Unit::Fortnight), "quincena"), (Tag::Unit(Unit::Month), "mes meses"),
    (Tag::HalfYear, "semestre"), (Tag::Unit(Unit::Quarter), "trimestre trimestres"), (Tag::Unit(Unit::Year), "ano anos"),
    (Tag::Part, "tarde noche manana madrugada"), (Tag::Parts, "tardes noches mananas"),
    (Tag::Session, "sesion sesiones clase clases entreno entrenos entrenamientos"), (Tag::Times, "vez veces"),
    (Tag::Cross, "x"), (Tag::Rate(Unit::Day), "diario diaria diarios diarias diariamente a_diario"),
    (Tag::Rate(Unit::Week), "semanal semanales semanalmente"), (Tag::Rate(Unit::Fortnight), "quincenal quincenales quincenalmente"), (Tag::Rate(Unit::Month), "mensual mensuales"),
    (Tag::Per, "por a al p"), (Tag::Every, "cada todos todas todo"),
    (Tag::Each, "cada_una cada_uno cada_vez por_sesion"), (Tag::Article, "el la los las"),
    (Tag::Alternate, "otro"),
    (Tag::BothWays, "por_trayecto cada_trayecto manana_y_noche por_la_manana_y_por_la_noche manana_y_tarde"),
    (Tag::EveryOtherDay, "dias_alternos un_dia_si_y_otro_no dia_por_medio un_dia_si cada_otro_dia"),
    (Tag::Day(Mon), "lunes"), (Tag::Day(Tue), "martes"), (Tag::Day(Wed), "miercoles"), (Tag::Day(Thu), "jueves"),
    (Tag::Day(Fri), "viernes"), (Tag::Day(Sat), "sabado"), (Tag::Day(Sun), "domingo"), (Tag::Days(Sat), "sabados"),
    (Tag::Days(Sun), "domingos"), (Tag::DayShort(Mon), "lun"), (Tag::DayOrMonth(Tue, 3), "mar"), (Tag::DayShort(Wed), "mie"),
    (Tag::DayShort(Thu), "jue"), (Tag::DayShort(Fri), "vie"), (Tag::DayShort(Sat), "sab"),
    (Tag::DayShort(Sun), "dom"),
    (Tag::Workdays, "entre_semana dias_laborables dias_laborales dia_laborable laborables dias_habiles \
        dias_de_semana dias_entre_semana"),
    (Tag::Weekend, "fin_de_semana fines_de_semana finde findes"), (Tag::Month(1), "enero"),
    (Tag::Month(2), "febrero"), (Tag::Month(3), "marzo"), (Tag::Month(4), "abril"), (Tag::Month(5), "mayo"),
    (Tag::Month(6), "junio"), (Tag::Month(7), "julio"), (Tag::Month(8), "agosto"),
    (Tag::Month(9), "septiembre setiembre"), (Tag::Month(10), "octubre"), (Tag::Month(11), "noviembre"),
    (Tag::Month(12), "diciembre"), (Tag::MonthShort(1), "ene"), (Tag::MonthShort(2), "feb"),
    (Tag::MonthShort(4), "abr"), (Tag::MonthShort(5), "may"), (Tag::MonthShort(6), "jun"), (Tag::MonthShort(7), "jul"),
    (Tag::MonthShort(8), "ago"), (Tag::MonthShort(9), "sep sept set"), (Tag::MonthShort(10), "oct"), (Tag::MonthShort(11), "nov"),
    (Tag::MonthShort(12), "dic"), (Tag::Quarter(1), "q1"), (Tag::Quarter(2), "q2"), (Tag::Quarter(3), "q3"),
    (Tag::Quarter(4), "q4"), (Tag::Season(Season::Spring), "primavera"), (Tag::Season(Season::Summer), "verano"),
    (Tag::Season(Season::Autumn), "otono"), (Tag::Season(Season::Winter), "invierno"),
    (Tag::Holiday(Holiday::NewYear), "ano_nuevo"), (Tag::Holiday(Holiday::Easter), "semana_santa pascua"),
    (Tag::Holiday(Holiday::Halloween), "halloween"), (Tag::Holiday(Holiday::Valentine), "san_valentin"),
    (Tag::Holiday(Holiday::ChristmasEve), "nochebuena"), (Tag::Holiday(Holiday::Christmas), "navidad navidades"),
    (Tag::Holiday(Holiday::NewYearsEve), "nochevieja"), (Tag::Holiday(Holiday::BlackFriday), "black_friday"),
    (Tag::Today, "hoy"), (Tag::Other, "ida_y_vuelta"), (Tag::AfterTomorrow, "pasado_manana"), (Tag::EndOf(Unit::Month), "fin_de_mes final_de_mes finales_de_mes"),
    (Tag::EndOf(Unit::Year), "fin_de_ano final_de_ano finales_de_ano"), (Tag::By, "hasta hasta_el a_mas_tardar como_muy_tarde"),
    (Tag::Before, "antes antes_de antes_del antes_de_el"), (Tag::In, "en"), (Tag::Within, "dentro_de en_menos_de"),
    (Tag::Over, "a_lo_largo_de durante_los durante_las"), (Tag::For, "para durante"),
    (Tag::From, "a_partir_de a_partir_del"), (Tag::Since, "desde desde_hace"),
    (Tag::After, "despues despues_de despues_del tras"), (Tag::Of, "de del"), (Tag::And, "y e mas"),
    (Tag::Or, "o u"), (Tag::But, "pero"), (Tag::Between, "entre"),
    (Tag::Next, "proximo proxima proximos proximas que_viene siguiente siguientes"),
    (Tag::This, "este esta_semana este_mismo"), (Tag::Last, "pasado pasada ultimo ultima ultimos ultimas"),
    (Tag::Ago, "hace atras llevo"), (Tag::Aged, "edad experiencia"),
    (Tag::End, "antes_de_que_acabe antes_de_que_termine finales fin final a_finales_de a_fin_de a_final_de finales_de final_de fin_de"),
    (Tag::Mid, "mediados a_mediados_de mediados_de"),
    (Tag::Begin, "principios comienzos inicio a_principios_de principios_de a_comienzos_de"),
    (Tag::Hence, "a_partir_de_ahora a_partir_de_hoy"), (Tag::Only, "solo solamente unicamente"),
    (Tag::Mostly, "sobre_todo principalmente preferiblemente no_solo"), (Tag::Not, "no nada nunca ningun ni jamas"),
    (Tag::Except, "fuera_de fuera_del excepto salvo menos sin excepto_los excepto_el menos_los salvo_los"),
    (Tag::Off, "libre libres descanso no_puedo no_entreno imposible no_es_posible"), (Tag::Busy, "ocupado ocupada"),
    (Tag::Total, "en_total total"),
    (Tag::Approx, "unas unos aproximadamente aprox alrededor_de cerca_de maximo como_maximo minimo al_menos casi \
        menos_de mas_de hasta_unas libres_de solo_unos mas_o_menos"),
    (Tag::Have, "quedan queda sobran tengo puedo dispongo dedicar dedico dedicarle estudiar practicar entrenar"),
    (Tag::Work, "despierto despierta tengo_clase tengo_clases abre trabajo trabajar trabajando trabaja duermo dormir oficina clases_de_universidad pantalla \
        reuniones jornada abierto abierta colegio instituto universidad"),
    (Tag::Past, "suspendi empece comence fue fallado naci era tuve perdi"), (Tag::Been, "sido llevando"),
    (Tag::Event, "sacarme sacarme_el examinarme camino_de peregrinacion travesia ascension fiesta bautizo comunion cumpleanos funeral mercadillo reunion_familiar quinceanera graduacion \
        me_examino recital audicion feria expongo nos_mudamos me_mudo dirijo actuamos actuo presento inauguracion exposicion examen examenes prueba boda carrera maraton media_maraton vuelo volamos viajo viaje concierto \
        entrevista cita torneo competicion presentacion entrega oposicion estreno mudanza aprobar certificacion \
        fecha_limite concurso listo reservado"),
    (Tag::Trip, "viajar vacaciones gira crucero ruta estancia luna_de_miel"),
    (Tag::Plan, "plan programa reto curso proyecto rutina"),
    (Tag::Piece, "video pelicula documental podcast cancion charla corto cortometraje km kilometros"),
    (Tag::Start, "empezar comenzar empezando empiezo comenzando"), (Tag::Is, "es son"), (Tag::Long, "duracion"),
    (Tag::Am, "soy estoy nivel actualmente ahora ya conocimientos"),
    (Tag::Target, "llegar alcanzar lograr conseguir obtener convertirme hasta_el_nivel certificado avanzar"),
    (Tag::Level(Cue::Novice), "desde_cero de_cero sin_experiencia sin_ninguna_experiencia ninguna_experiencia \
        no_tengo_experiencia poca_experiencia sin_conocimientos sin_conocimientos_previos nunca_he no_se_nada \
        se_un_poco conocimientos_basicos nivel_basico nivel_cero parto_de_cero empiezo_de_cero nuevo_en nueva_en \
        partiendo_de_cero se_algo"),
    (Tag::Level(Cue::Beginner), "principiante principiantes novato novata novatos"),
    (Tag::Level(Cue::Intermediate), "intermedio intermedia"),
    (Tag::Level(Cue::Practised), "algo_de_experiencia cierta_experiencia no_soy_principiante ya_toco_bien \
        alguna_experiencia"),
    (Tag::Level(Cue::Advanced), "avanzado avanzada experto experta"),
    (Tag::Level(Cue::Seasoned), "anos_de_experiencia mucha_experiencia muy_avanzado"),
    (Tag::Level(Cue::Frame('a')), "a1 a2"), (Tag::Level(Cue::Frame('b')), "b1 b2"),
    (Tag::Level(Cue::Frame('c')), "c1 c2"),
];
