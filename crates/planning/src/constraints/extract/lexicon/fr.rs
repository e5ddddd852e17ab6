//! French.

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

use super::super::tag::{Cue, Holiday, Season, Tag, Unit};
use super::Row;

/// The French table.
#[rustfmt::skip] // one row for each meaning, as in a dictionary
pub(super) const WORDS: &[Row] = &[
    (Tag::Marker, "je mon ma mes avec et_puis que qui apprendre veux voudrais j me ce_que nous notre tres plus \
        faire ecrire reussir_a se son sa il elle est_ce"),
    (Tag::Num(100), "un une"), (Tag::Num(200), "deux"), (Tag::Num(300), "trois"), (Tag::Num(400), "quatre"),
    (Tag::Num(500), "cinq"), (Tag::Num(600), "six"), (Tag::Num(700), "sept"), (Tag::Num(800), "huit"),
    (Tag::Num(900), "neuf"), (Tag::Num(1000), "dix une_dizaine_de"), (Tag::Num(1100), "onze"),
    (Tag::Num(1200), "douze"), (Tag::Num(1500), "quinze"), (Tag::Num(1600), "seize"), (Tag::Num(1700), "dix_sept"), (Tag::Num(1800), "dix_huit"), (Tag::Num(1900), "dix_neuf"),
    (Tag::Num(2000), "vingt"), (Tag::Num(2100), "vingt_et_une"), (Tag::Num(2200), "vingt_deux"), (Tag::Num(2300), "vingt_trois"),
    (Tag::Num(2500), "vingt_cinq"), (Tag::Num(3000), "trente"), (Tag::Num(4000), "quarante"),
    (Tag::Num(4500), "quarante_cinq"), (Tag::Num(5000), "cinquante"), (Tag::Num(6000), "soixante"),
    (Tag::Num(9000), "quatre_vingt_dix"), (Tag::Num(10000), "cent"), (Tag::Ordinal(1), "premier premiere 1er 1ere"), (Tag::Ordinal(2), "deuxieme second seconde 2e 2eme 2nd"),
    (Tag::Ordinal(3), "troisieme 3e 3eme"), (Tag::Ordinal(4), "quatrieme 4e 4eme"), (Tag::Ordinal(5), "cinquieme 5e 5eme"),
    (Tag::Half, "demi demie"), (Tag::AndHalf, "et_demie et_demi"), (Tag::Fourth, "quart quarts"),
    (Tag::Unit(Unit::Minute), "min minute minutes mn mins"), (Tag::Unit(Unit::Hour), "h heure heures"),
    (Tag::Unit(Unit::Day), "jour jours journee journees j_j"), (Tag::Unit(Unit::Week), "semaine semaines sem"),
    (Tag::Unit(Unit::Fortnight), "quinzaine"), (Tag::Unit(Unit::Month), "mois"),
    (Tag::HalfYear, "semestre"), (Tag::Unit(Unit::Quarter), "trimestre trimestres"), (Tag::Unit(Unit::Year), "an ans annee annees"),
    (Tag::Part, "soir matin soiree matinee midi nuit apres_midi"), (Tag::Parts, "soirs matins soirees matinees"),
    (Tag::Session, "seance seances session sessions fois_seance cours"), (Tag::Times, "fois"), (Tag::Cross, "x"),
    (Tag::Rate(Unit::Day), "quotidien quotidienne quotidiennes quotidiennement"),
    (Tag::Rate(Unit::Week), "hebdomadaire hebdomadaires hebdo"),
    (Tag::Rate(Unit::Fortnight), "une_semaine_sur_deux toutes_les_deux_semaines bimensuel"), (Tag::Rate(Unit::Month), "mensuel mensuelle mensuelles"), (Tag::Per, "par a p"),
    (Tag::Every, "chaque tous toutes tout"),
    (Tag::Each, "chacune chacun a_chaque_fois par_seance chaque_fois par_session"), (Tag::Article, "le la les l"),
    (Tag::Alternate, "autre"), (Tag::BothWays, "matin_et_soir par_trajet chaque_trajet a_l_aller_et_au_retour"),
    (Tag::EveryOtherDay, "tous_les_deux_jours tous_les_2_jours"),
    (Tag::Day(Mon), "lundi"), (Tag::Day(Tue), "mardi"), (Tag::Day(Wed), "mercredi"), (Tag::Day(Thu), "jeudi"),
    (Tag::Day(Fri), "vendredi"), (Tag::Day(Sat), "samedi"), (Tag::Day(Sun), "dimanche"),
    (Tag::Days(Mon), "lundis"), (Tag::Days(Tue), "mardis"), (Tag::Days(Wed), "mercredis"),
    (Tag::Days(Thu), "jeudis"), (Tag::Days(Fri), "vendredis"), (Tag::Days(Sat), "samedis"),
    (Tag::Days(Sun), "dimanches"), (Tag::DayShort(Mon), "lun"), (Tag::DayOrMonth(Tue, 3), "mar"), (Tag::DayShort(Wed), "mer"),
    (Tag::DayShort(Thu), "jeu"), (Tag::DayShort(Fri), "ven"), (Tag::DayShort(Sat), "sam"),
    (Tag::DayShort(Sun), "dim"),
    (Tag::Workdays, "en_semaine jours_ouvrables jours_ouvres jours_de_semaine jour_ouvrable jour_de_semaine \
        pendant_la_semaine la_semaine_uniquement"),
    (Tag::Weekend, "week_end week_ends weekend weekends"), (Tag::Month(1), "janvier janv"),
    (Tag::Month(2), "fevrier fevr fev"), (Tag::Month(3), "mars"), (Tag::Month(4), "avril avr"),
    (Tag::Month(5), "mai"), (Tag::Month(6), "juin"), (Tag::Month(7), "juillet juil"), (Tag::Month(8), "aout"),
    (Tag::Month(9), "septembre"), (Tag::MonthShort(9), "sep"), (Tag::Month(10), "octobre oct"), (Tag::Month(11), "novembre nov"),
    (Tag::Month(12), "decembre dec"), (Tag::Quarter(1), "q1"), (Tag::Quarter(2), "q2"), (Tag::Quarter(3), "q3"),
    (Tag::Quarter(4), "q4"), (Tag::Season(Season::Spring), "printemps"), (Tag::Season(Season::Summer), "ete"),
    (Tag::Season(Season::Autumn), "automne"), (Tag::Season(Season::Winter), "hiver"),
    (Tag::Holiday(Holiday::NewYear), "nouvel_an jour_de_l_an"), (Tag::Holiday(Holiday::Easter), "paques"),
    (Tag::Holiday(Holiday::Pentecost), "pentecote"), (Tag::Holiday(Holiday::Halloween), "halloween"),
    (Tag::Holiday(Holiday::Valentine), "saint_valentin"), (Tag::Holiday(Holiday::Christmas), "noel"),
    (Tag::Holiday(Holiday::NewYearsEve), "saint_sylvestre"), (Tag::Holiday(Holiday::ChristmasEve), "reveillon"),
    (Tag::Today, "aujourd_hui aujourd'hui"), (Tag::Tomorrow, "demain"), (Tag::AfterTomorrow, "apres_demain"),
    (Tag::EndOf(Unit::Month), "fin_de_mois"), (Tag::EndOf(Unit::Week), "fin_de_semaine"), (Tag::EndOf(Unit::Year), "fin_d_annee"),
    (Tag::Other, "mi_temps"),
    (Tag::By, "d_ici d_ici_a d_ici_au d_ici_le d_ici_l d_ici_la jusqu_a jusqu_au jusqu_en jusqu au_plus_tard \
        au_plus_tard_le"),
    (Tag::Before, "avant avant_le avant_la"), (Tag::In, "dans en"), (Tag::Within, "en_moins_de en_l_espace_de"),
    (Tag::Over, "sur au_cours_des"), (Tag::For, "pour pendant durant"),
    (Tag::From, "du des_le a_partir_de a_partir_du"), (Tag::Since, "depuis"), (Tag::After, "apres"),
    (Tag::To, "au aux"), (Tag::Of, "de d des"), (Tag::And, "et plus_de"), (Tag::Or, "ou"), (Tag::But, "mais"),
    (Tag::Between, "entre"), (Tag::Next, "prochain prochaine prochains prochaines"),
    (Tag::This, "ce cet cette ces"), (Tag::Last, "dernier derniere derniers dernieres passe passee"),
    (Tag::Ago, "il_y_a ca_fait"), (Tag::Aged, "age experience"), (Tag::End, "fin"), (Tag::Mid, "mi"),
    (Tag::Begin, "debut"), (Tag::Hence, "a_partir_de_maintenant"),
    (Tag::Only, "seulement uniquement exclusivement juste que_le que_les"),
    (Tag::Mostly, "surtout principalement de_preference pas_seulement"),
    (Tag::Not, "pas jamais aucun aucune ni ne_peux_pas"),
    (Tag::Except, "hors sauf hormis excepte sans a_part sauf_le a_l_exception"),
    (Tag::Off, "exclu exclus repos conge off impossible indisponible pas_possible je_ne_peux_pas"), (Tag::Busy, "occupe prise"),
    (Tag::Total, "au_total en_tout total"),
    (Tag::Approx, "environ approximativement max maximum au_maximum minimum au_moins presque moins_de a_peu_pres \
        jusqu_a_environ petite petites bonne bonnes"),
    (Tag::Have, "ai peux dispose consacrer consacre accorder etudier reviser pratiquer m_entrainer entrainement \
        libre reste"),
    (Tag::Work, "eveille eveillee ai_cours travaille travailler travail dors dormir sommeil bureau boulot ecran reunions plein_temps ouvert ecole fac lycee"),
    (Tag::Past, "rate echoue commence debute etait avais perdu nee"), (Tag::Been, "ete_en_train"),
    (Tag::Event, "pelerinage compostelle randonnee trek traversee ascension fete bapteme communion anniversaire obseques kermesse vide_grenier brocante remise_des_diplomes rentree \
        sur_scene recital oral audition casting salon fais_visiter emmenage emmenageons demenage demenageons representation j_expose vernissage examen examens epreuve epreuves mariage course marathon semi_marathon semi vol pars partons \
        partir concert concours entretien competition tournoi bac spectacle voyage rendez_vous rendu soutenance \
        demenagement reserve certification passer trail date_limite echeance test"),
    (Tag::Trip, "voyager vacances sejour croisiere tournee stage conges"),
    (Tag::Plan, "plan programme defi formation challenge projet"),
    (Tag::Piece, "video film documentaire podcast chanson discours court_metrage km kilometres morceau"),
    (Tag::Start, "commencer commencant debutant_le"), (Tag::Is, "est sont"), (Tag::Long, "duree"),
    (Tag::Am, "suis niveau actuellement maintenant deja connaissances"),
    (Tag::Target, "atteindre devenir obtenir viser arriver_au certificat"),
    (Tag::Level(Cue::Novice), "partir_de_zero a_partir_de_zero de_zero depuis_zero sans_experience \
        aucune_experience pas_d_experience peu_d_experience sans_connaissances jamais_fait jamais_joue \
        jamais_touche jamais_utilise connais_un_peu quelques_bases quelques_notions notions_de_base niveau_zero \
        grand_debutant debutant_complet pars_de_zero parts_de_zero les_bases"),
    (Tag::Level(Cue::Beginner), "debutant debutante debutants novice neophyte faux_debutant"),
    (Tag::Level(Cue::Intermediate), "intermediaire moyen_niveau niveau_moyen"),
    (Tag::Level(Cue::Practised), "un_peu_d_experience pas_debutant pas_un_debutant plus_debutant joue_deja_bien \
        une_certaine_experience de_l_experience"),
    (Tag::Level(Cue::Advanced), "avance avancee expert experte confirme"),
    (Tag::Level(Cue::Seasoned), "ans_d_experience annees_d_experience beaucoup_d_experience tres_avance"),
    (Tag::Level(Cue::Frame('a')), "a1 a2"), (Tag::Level(Cue::Frame('b')), "b1 b2"),
    (Tag::Level(Cue::Frame('c')), "c1 c2"),
];
