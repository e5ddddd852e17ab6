//! Portuguese.

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

use super::super::tag::{Cue, Holiday, Season, Tag, Unit};
use super::Row;

/// The Portuguese table.
#[rustfmt::skip] // one row for each meaning, as in a dictionary
pub(super) const WORDS: &[Row] = &[
    (Tag::Marker, "mim quero meu minha com que me eu aprender muito como ser estar fazer escrever se um_pouco_mais \
        gostaria voce nosso meus minhas para_mim"),
    (Tag::Num(100), "um uma"), (Tag::Num(200), "dois duas par um_par_de"), (Tag::Num(300), "tres"),
    (Tag::Num(400), "quatro"), (Tag::Num(500), "cinco"), (Tag::Num(600), "seis"), (Tag::Num(700), "sete"),
    (Tag::Num(800), "oito"), (Tag::Num(900), "nove"), (Tag::Num(1000), "dez"), (Tag::Num(1100), "onze"),
    (Tag::Num(1200), "doze"), (Tag::Num(1500), "quinze"), (Tag::Num(2000), "vinte"),
    (Tag::Num(2500), "vinte_e_cinco"), (Tag::Num(3000), "trinta"), (Tag::Num(4000), "quarenta"),
    (Tag::Num(4500), "quarenta_e_cinco"), (Tag::Num(5000), "cinquenta"), (Tag::Num(6000), "sessenta"),
    (Tag::Num(9000), "noventa"), (Tag::Num(10000), "cem"), (Tag::Ordinal(1), "primeiro primeira"), (Tag::Ordinal(2), "segundo"),
    (Tag::Ordinal(3), "terceiro terceira"), (Tag::Ordinal(4), "quarto"), (Tag::Ordinal(5), "quinto"), (Tag::Half, "meio meia"),
    (Tag::AndHalf, "e_meia e_meio"), (Tag::Fourth, "quartos"),
    (Tag::Unit(Unit::Minute), "min minuto minutos mins"), (Tag::Unit(Unit::Hour), "h hora horas hrs"),
    (Tag::Unit(Unit::Day), "dia dias"), (Tag::Unit(Unit::Week), "semana semanas"),
    (Tag::Unit(Unit::Fortnight), "quinzena"), (Tag::Unit(Unit::Month), "mes meses"),
    (Tag::HalfYear, "semestre"), (Tag::Unit(Unit::Quarter), "trimestre trimestres"), (Tag::Unit(Unit::Year), "ano anos"),
    (Tag::Part, "tarde noite manha madrugada"), (Tag::Parts, "tardes noites manhas"),
    (Tag::Session, "sessao sessoes aula aulas treino treinos"), (Tag::Times, "vez vezes"), (Tag::Cross, "x"),
    (Tag::Rate(Unit::Day), "diario diaria diarios diarias diariamente"),
    (Tag::Rate(Unit::Week), "semanal semanais semanalmente"), (Tag::Rate(Unit::Fortnight), "de_duas_em_duas_semanas de_quinze_em_quinze_dias quinzenal quinzenais quinzenalmente"), (Tag::Rate(Unit::Month), "mensal mensais"),
    (Tag::Per, "por a ao p"), (Tag::Every, "cada todos todas todo toda"),
    (Tag::Each, "cada_uma cada_um cada_vez por_sessao"), (Tag::Article, "o os as aos das"),
    (Tag::Alternate, "outro"),
    (Tag::BothWays, "por_trajeto cada_trajeto manha_e_noite de_manha_e_a_noite"),
    (Tag::EveryOtherDay, "dias_alternados em_dias_alternados dia_sim_dia_nao dia_sim um_dia_sim"),
    (Tag::Day(Mon), "segunda segunda_feira"), (Tag::Day(Tue), "terca terca_feira"),
    (Tag::Day(Wed), "quarta quarta_feira"), (Tag::Day(Thu), "quinta quinta_feira"),
    (Tag::Day(Fri), "sexta sexta_feira"), (Tag::Day(Sat), "sabado"), (Tag::Day(Sun), "domingo"),
    (Tag::Days(Mon), "segundas segundas_feiras"), (Tag::Days(Tue), "tercas tercas_feiras"),
    (Tag::Days(Wed), "quartas quartas_feiras"), (Tag::Days(Thu), "quintas quintas_feiras"),
    (Tag::Days(Fri), "sextas sextas_feiras"), (Tag::Days(Sat), "sabados"), (Tag::Days(Sun), "domingos"),
    (Tag::DayShort(Mon), "seg"), (Tag::DayShort(Tue), "ter"), (Tag::DayShort(Wed), "qua"),
    (Tag::DayShort(Thu), "qui"), (Tag::DayShort(Fri), "sex"), (Tag::DayShort(Sat), "sab"),
    (Tag::DayShort(Sun), "dom"),
    (Tag::Workdays, "dias_uteis dia_util durante_a_semana dias_de_semana dia_de_semana"),
    (Tag::Weekend, "fim_de_semana fins_de_semana final_de_semana finais_de_semana fds"),
    (Tag::Month(1), "janeiro"), (Tag::Month(2), "fevereiro"), (Tag::Month(3), "marco"), (Tag::Month(4), "abril"),
    (Tag::Month(5), "maio"), (Tag::Month(6), "junho"), (Tag::Month(7), "julho"), (Tag::Month(8), "agosto"),
    (Tag::Month(9), "setembro"), (Tag::Month(10), "outubro"), (Tag::Month(11), "novembro"),
    (Tag::Month(12), "dezembro"), (Tag::MonthShort(1), "jan"), (Tag::MonthShort(2), "fev"),
    (Tag::MonthShort(3), "mar"), (Tag::MonthShort(4), "abr"), (Tag::MonthShort(5), "mai"), (Tag::MonthShort(6), "jun"),
    (Tag::MonthShort(7), "jul"), (Tag::MonthShort(8), "ago"), (Tag::MonthShort(9), "set"), (Tag::MonthShort(10), "out"),
    (Tag::MonthShort(11), "nov"), (Tag::Quarter(1), "q1"), (Tag::Quarter(2), "q2"), (Tag::Quarter(3), "q3"),
    (Tag::Quarter(4), "q4"), (Tag::Season(Season::Spring), "primavera"), (Tag::Season(Season::Summer), "verao"),
    (Tag::Season(Season::Autumn), "outono"), (Tag::Season(Season::Winter), "inverno"),
    (Tag::Holiday(Holiday::NewYear), "ano_novo"), (Tag::Holiday(Holiday::Easter), "pascoa"),
    (Tag::Holiday(Holiday::Halloween), "halloween"), (Tag::Holiday(Holiday::ChristmasEve), "vespera_de_natal"),
    (Tag::Holiday(Holiday::Christmas), "natal"), (Tag::Holiday(Holiday::NewYearsEve), "reveillon vespera_de_ano_novo"),
    (Tag::Holiday(Holiday::BlackFriday), "black_friday"), (Tag::Today, "hoje"), (Tag::Other, "ida_e_volta"), (Tag::Tomorrow, "amanha"), (Tag::AfterTomorrow, "depois_de_amanha"),
    (Tag::EndOf(Unit::Month), "fim_de_mes final_de_mes"), (Tag::EndOf(Unit::Year), "fim_de_ano final_de_ano"),
    (Tag::By, "ate ate_o ate_a ate_ao no_maximo_ate"), (Tag::Before, "antes antes_de antes_do antes_da"),
    (Tag::In, "em no na nos nas num"), (Tag::Within, "dentro_de em_menos_de daqui_a"),
    (Tag::Over, "ao_longo_de ao_longo_dos"), (Tag::For, "para durante pro pra"),
    (Tag::From, "a_partir_de a_partir_do"), (Tag::Since, "desde"), (Tag::After, "depois depois_de depois_do depois_da apos"),
    (Tag::Of, "de do da dos"), (Tag::And, "e mais"), (Tag::Or, "ou"), (Tag::But, "mas porem"),
    (Tag::Between, "entre"), (Tag::Next, "proximo proxima proximos proximas que_vem seguinte"),
    (Tag::This, "este neste desta deste esta_semana"), (Tag::Last, "passado passada ultimo ultima ultimos ultimas"),
    (Tag::Ago, "ha atras faz"), (Tag::Aged, "idade experiencia"),
    (Tag::End, "final fim finais no_fim_de no_final_de"), (Tag::Mid, "meados"),
    (Tag::Begin, "inicio comeco principio"), (Tag::Hence, "a_partir_de_agora a_partir_de_hoje"),
    (Tag::Only, "so somente apenas"), (Tag::Mostly, "principalmente sobretudo de_preferencia nao_so"),
    (Tag::Not, "nao nunca nenhum nem jamais"),
    (Tag::Except, "fora_de fora_do exceto menos salvo sem tirando exceto_aos menos_aos"),
    (Tag::Off, "livre livres folga descanso nao_posso nao_da nao_e_possivel impossivel"), (Tag::Busy, "ocupado ocupada"),
    (Tag::Total, "no_total ao_todo total"),
    (Tag::Approx, "cerca cerca_de aproximadamente aprox umas uns maximo no_maximo minimo pelo_menos quase \
        menos_de mais_de mais_ou_menos"),
    (Tag::Have, "sobram restam resta tenho posso consigo dedicar dedico estudar praticar treinar disponho"),
    (Tag::Work, "acordado acordada tenho_aula tenho_aulas abre trabalho trabalhar trabalhando trabalha durmo dormir escritorio tela reunioes sono aberto aberta escola faculdade"),
    (Tag::Past, "reprovei comecei foi nasci era tive perdi falhei"), (Tag::Been, "sido venho"),
    (Tag::Event, "caminho_de peregrinacao travessia subida festa batizado comunhao aniversario funeral bazar formatura reuniao_de_familia \
        recital audicao feira apresento dirijo mudar_de_casa vamos_mudar mudamos inauguracao exposicao prova provas exame exames teste casamento corrida maratona meia_maratona voo viagem viajo \
        concerto entrevista torneio competicao apresentacao entrega concurso estreia mudanca vestibular passar \
        certificacao prazo pronto marcado marcada"),
    (Tag::Trip, "viajar ferias cruzeiro estadia lua_de_mel"), (Tag::Plan, "plano programa desafio curso projeto"),
    (Tag::Piece, "video filme documentario podcast musica palestra curta km quilometros"),
    (Tag::Start, "comecar comecando comeco_em"), (Tag::Is, "e_que sao"), (Tag::Long, "duracao"),
    (Tag::Am, "sou estou nivel atualmente agora ja conhecimentos"),
    (Tag::Target, "chegar alcancar atingir conseguir obter tornar certificado virar"),
    (Tag::Level(Cue::Novice), "do_zero de_zero a_partir_do_zero sem_experiencia sem_nenhuma_experiencia \
        nenhuma_experiencia nao_tenho_experiencia pouca_experiencia sem_conhecimento nunca_fiz nunca_toquei \
        nunca_usei nunca_estudei sei_um_pouco conhecimento_basico conhecimentos_basicos nivel_basico nao_sei_nada \
        partindo_do_zero comecando_do_zero novo_em"),
    (Tag::Level(Cue::Beginner), "iniciante iniciantes principiante principiantes novato novata"),
    (Tag::Level(Cue::Intermediate), "intermediario intermediaria intermedio intermedia"),
    (Tag::Level(Cue::Practised), "alguma_experiencia um_pouco_de_experiencia nao_sou_iniciante ja_toco_bem \
        certa_experiencia"),
    (Tag::Level(Cue::Advanced), "avancado avancada especialista"),
    (Tag::Level(Cue::Seasoned), "anos_de_experiencia muita_experiencia muito_avancado"),
    (Tag::Level(Cue::Frame('a')), "a1 a2"), (Tag::Level(Cue::Frame('b')), "b1 b2"),
    (Tag::Level(Cue::Frame('c')), "c1 c2"),
];
