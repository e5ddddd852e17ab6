//! German.

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

use super::super::tag::{Cue, Holiday, Season, Tag, Unit};
use super::Row;

/// The German table.
#[rustfmt::skip] // one row for each meaning, as in a dictionary
pub(super) const WORDS: &[Row] = &[
    (Tag::Marker, "ich und_zwar mein meine meinen meiner mir mich mit will mochte moechte lernen wir unser auch \
        sich wie was es aber_auch dass weil werden wieder besser machen schreiben"),
    (Tag::Num(100), "ein eine einen einer eines einem eins"), (Tag::Num(200), "zwei"), (Tag::Num(300), "drei"),
    (Tag::Num(400), "vier"), (Tag::Num(500), "funf fuenf"), (Tag::Num(600), "sechs"), (Tag::Num(700), "sieben"),
    (Tag::Num(800), "acht"), (Tag::Num(900), "neun"), (Tag::Num(1000), "zehn"), (Tag::Num(1100), "elf"),
    (Tag::Num(1200), "zwolf zwoelf"), (Tag::Num(1300), "dreizehn"), (Tag::Num(1400), "vierzehn"),
    (Tag::Num(1500), "funfzehn fuenfzehn"), (Tag::Num(1600), "sechzehn"), (Tag::Num(1800), "achtzehn"),
    (Tag::Num(2000), "zwanzig"), (Tag::Num(2500), "funfundzwanzig fuenfundzwanzig"), (Tag::Num(3000), "dreissig"),
    (Tag::Num(3500), "funfunddreissig"), (Tag::Num(4000), "vierzig"),
    (Tag::Num(4500), "funfundvierzig fuenfundvierzig"), (Tag::Num(5000), "funfzig fuenfzig"),
    (Tag::Num(6000), "sechzig"), (Tag::Num(9000), "neunzig"), (Tag::Num(10000), "hundert"),
    (Tag::Num(150), "anderthalb eineinhalb einundeinhalb"), (Tag::Num(250), "zweieinhalb"),
    (Tag::Num(350), "dreieinhalb"), (Tag::Ordinal(1), "ersten erster erste erstes"), (Tag::Ordinal(3), "dritten dritte drittes dritter"),
    (Tag::Ordinal(4), "vierten vierte viertes"), (Tag::Ordinal(5), "funften fuenften funfte"), (Tag::Ordinal(15), "funfzehnten"),
    (Tag::Half, "halbe halbes halben halb halber"),
    (Tag::AndHalf, "und_eine_halbe und_ein_halbes und_einen_halben"), (Tag::Minutes(15), "viertelstunde"),
    (Tag::Minutes(30), "halbstunde"), (Tag::Minutes(45), "dreiviertelstunde"),
    (Tag::Unit(Unit::Minute), "min minute minuten minutige minutigen"),
    (Tag::Unit(Unit::Hour), "h std stdn stunde stunden"), (Tag::WeekHours, "wochenstunden"),
    (Tag::Unit(Unit::Day), "tag tage tagen tages d tagige tagigen tagiges"),
    (Tag::Unit(Unit::Week), "woche wochen wo wochige wochigen wochiger wochiges"),
    (Tag::CalendarWeek, "kw kalenderwoche"),
    (Tag::Unit(Unit::Month), "monat monate monaten monats monatige"),
    (Tag::HalfYear, "halbjahr halbjahres halbjahrs"), (Tag::Unit(Unit::Quarter), "quartal quartale quartals"), (Tag::Unit(Unit::Year), "jahr jahre jahren jahres"),
    (Tag::Part, "abend morgen nachmittag vormittag nacht mittag"),
    (Tag::Parts, "abends morgens nachmittags vormittags nachts mittags abende vormittage nachmittage"),
    (Tag::Session, "einheit einheiten mal_training session sessions sitzung sitzungen trainings workout workouts \
        laufe termine_pro"),
    (Tag::Times, "mal"), (Tag::Cross, "x"), (Tag::Often(1), "einmal"), (Tag::Often(2), "zweimal"),
    (Tag::Often(3), "dreimal"), (Tag::Often(4), "viermal"), (Tag::Often(5), "funfmal fuenfmal"),
    (Tag::Often(6), "sechsmal"), (Tag::Rate(Unit::Day), "taglich taeglich tagliche taglichen"),
    (Tag::Rate(Unit::Week), "wochentlich woechentlich wochentliche wochentlichen"),
    (Tag::Rate(Unit::Fortnight), "zweiwochentlich vierzehntaglich vierzehntagig"),
    (Tag::Rate(Unit::Month), "monatlich monatliche"), (Tag::Per, "pro je a p"),
    (Tag::Every, "jeden jede jedes jedem jeder alle"),
    (Tag::Each, "jeweils jedes_mal pro_einheit pro_session pro_mal pro_sitzung jedesmal"),
    (Tag::Article, "der die das den dem des zum zur"), (Tag::Alternate, "zweiten zweite zweites zweiter"),
    (Tag::BothWays, "hin_und_ruckfahrt hin_und_ruckweg pro_strecke je_strecke pro_weg hin_und_zuruck morgens_und_abends"),
    (Tag::EveryOtherDay, "jeden_zweiten_tag jeden_2_tag"), (Tag::Day(Mon), "montag"), (Tag::Day(Tue), "dienstag"),
    (Tag::Day(Wed), "mittwoch"), (Tag::Day(Thu), "donnerstag"), (Tag::Day(Fri), "freitag"),
    (Tag::Day(Sat), "samstag sonnabend"), (Tag::Day(Sun), "sonntag"), (Tag::Days(Mon), "montags montagabends"),
    (Tag::Days(Tue), "dienstags dienstagabends"), (Tag::Days(Wed), "mittwochs mittwochabends"),
    (Tag::Days(Thu), "donnerstags donnerstagabends"), (Tag::Days(Fri), "freitags freitagabends"),
    (Tag::Days(Sat), "samstags sonnabends samstage samstagen"), (Tag::Days(Sun), "sonntags sonntage sonntagen"),
    (Tag::DayShort(Mon), "mo"), (Tag::DayShort(Tue), "di"), (Tag::DayShort(Wed), "mi"), (Tag::DayShort(Thu), "do"),
    (Tag::DayShort(Fri), "fr"), (Tag::DayShort(Sat), "sa"), (Tag::DayShort(Sun), "so"),
    (Tag::Workdays, "wochentags werktags werktag werktage werktagen wochentagen wochentage arbeitstage arbeitstag \
        unter_der_woche"),
    (Tag::Weekend, "wochenende wochenenden we"), (Tag::Month(1), "januar jan janner"),
    (Tag::Month(2), "februar feb"), (Tag::Month(3), "marz maerz mrz"), (Tag::Month(4), "april apr"),
    (Tag::Month(5), "mai"), (Tag::Month(6), "juni jun"), (Tag::Month(7), "juli jul"),
    (Tag::Month(8), "august aug"), (Tag::Month(9), "september sept sep"), (Tag::Month(10), "oktober okt"),
    (Tag::Month(11), "november nov"), (Tag::Month(12), "dezember dez"), (Tag::Quarter(1), "q1"),
    (Tag::Quarter(2), "q2"), (Tag::Quarter(3), "q3"), (Tag::Quarter(4), "q4"),
    (Tag::Season(Season::Spring), "fruhling fruehling fruhjahr fruehjahr"),
    (Tag::Season(Season::Summer), "sommer sommerferien"), (Tag::Season(Season::Autumn), "herbst"),
    (Tag::Season(Season::Winter), "winter"), (Tag::Holiday(Holiday::NewYear), "neujahr"),
    (Tag::Holiday(Holiday::Easter), "ostern osterferien"), (Tag::Holiday(Holiday::Pentecost), "pfingsten"),
    (Tag::Holiday(Holiday::Halloween), "halloween"), (Tag::Holiday(Holiday::ChristmasEve), "heiligabend"),
    (Tag::Holiday(Holiday::Christmas), "weihnachten"), (Tag::Holiday(Holiday::NewYearsEve), "silvester jahresende"),
    (Tag::MonthWeek(1), "januarwoche"), (Tag::MonthWeek(2), "februarwoche"), (Tag::MonthWeek(3), "marzwoche"), (Tag::MonthWeek(4), "aprilwoche"), (Tag::MonthWeek(5), "maiwoche"), (Tag::MonthWeek(6), "juniwoche"), (Tag::MonthWeek(7), "juliwoche"), (Tag::MonthWeek(8), "augustwoche"), (Tag::MonthWeek(9), "septemberwoche"), (Tag::MonthWeek(10), "oktoberwoche"), (Tag::MonthWeek(11), "novemberwoche"), (Tag::MonthWeek(12), "dezemberwoche"),
    (Tag::MonthWeekend(1), "januarwochenende"), (Tag::MonthWeekend(2), "februarwochenende"), (Tag::MonthWeekend(3), "marzwochenende"), (Tag::MonthWeekend(4), "aprilwochenende"), (Tag::MonthWeekend(5), "maiwochenende"), (Tag::MonthWeekend(6), "juniwochenende"), (Tag::MonthWeekend(7), "juliwochenende"), (Tag::MonthWeekend(8), "augustwochenende"), (Tag::MonthWeekend(9), "septemberwochenende"), (Tag::MonthWeekend(10), "oktoberwochenende"), (Tag::MonthWeekend(11), "novemberwochenende"), (Tag::MonthWeekend(12), "dezemberwochenende"),
    (Tag::Today, "heute"), (Tag::AfterTomorrow, "ubermorgen uebermorgen"),
    (Tag::AfterNext, "ubernachste ubernachsten ubernachster ubernachstes uebernaechste uebernaechsten"),
    (Tag::EndOf(Unit::Month), "monatsende ultimo"), (Tag::EndOf(Unit::Quarter), "quartalsende"),
    (Tag::By, "bis bis_zum bis_zur bis_spatestens spatestens spatestens_am spaetestens spatestens_bis \
        bis_in"),
    (Tag::Before, "vor bevor"), (Tag::On, "am an"), (Tag::In, "in im ins"),
    (Tag::Within, "innerhalb innerhalb_von binnen in_weniger_als"), (Tag::Over, "uber ueber auf"),
    (Tag::For, "fur fuer lang furs fuers"), (Tag::From, "ab von_heute vom"), (Tag::Since, "seit"), (Tag::After, "nach"),
    (Tag::Of, "von aus"), (Tag::And, "und plus sowie"), (Tag::Or, "oder"), (Tag::But, "aber doch"),
    (Tag::Between, "zwischen"),
    (Tag::Next, "nachsten nachste nachstes naechsten naechste naechstes nachster kommenden kommende kommendes"),
    (Tag::This, "dieses diesen diese diesem dieser"), (Tag::Last, "letzten letztes letzte letztem vergangenen"),
    (Tag::Ago, "her vorher"), (Tag::Aged, "alt alte alter erfahrung"), (Tag::End, "ende"), (Tag::Mid, "mitte"),
    (Tag::Begin, "anfang beginn"), (Tag::Hence, "ab_jetzt ab_heute zeit"),
    (Tag::Only, "nur ausschliesslich bloss"),
    (Tag::Mostly, "meistens meist vorwiegend am_liebsten bevorzugt nicht_nur"),
    (Tag::Not, "nicht kein keine keinen keinem nie niemals ungern"),
    (Tag::Except, "ausser ausgenommen ohne bis_auf"),
    (Tag::Off, "frei ausgeschlossen unmoglich ruhetag ruhetage fallen_aus fallt_weg passt_nicht klappt_nicht fallt_aus geht_nicht gehen_nicht ist_frei sind_frei bleibt_frei bleiben_frei \
        tabu ist_tabu sind_tabu"),
    (Tag::Busy, "verplant besetzt belegt"), (Tag::Total, "insgesamt gesamt zusammen in_summe"),
    (Tag::Approx, "ca circa etwa ungefahr ungefaehr rund max maximal hochstens hoechstens mindestens mind knapp \
        fast gut unter weniger_als bis_zu ganze gern gerne"),
    (Tag::Have, "habe hab kann konnen koennen schaffe investieren investiere verfugung nehme_mir uben ube uebe \
        trainieren trainiere lerne"),
    (Tag::Work, "wach arbeite arbeiten arbeitet arbeit job buro schlafe schlafen schlaf vorlesung vorlesungen pendeln \
        bildschirmzeit handy muss_arbeiten vollzeit teilzeit unterrichte schicht geoffnet offnungszeiten schule uni buroarbeit vollzeitjob"),
    (Tag::Past, "durchgefallen angefangen begonnen war hatte gestartet geboren gescheitert verpasst wurde"),
    (Tag::Been, "seitdem"),
    (Tag::Event, "jakobsweg camino wanderung alpenuberquerung huttentour wallfahrt feier fest party strassenfest sommerfest taufe kommunion konfirmation einschulung geburtstag jubilaum beerdigung flohmarkt klassentreffen \
        vorsingen vorspiel vorsprechen vorspielen probe weinprobe probearbeiten praktikum ziehen_wir_um ziehe_ich_um ziehen_um einzug prasentation beginnt prufung pruefung klausur klausuren test examen termin hochzeit marathon halbmarathon rennen \
        wettkampf flug fliegen fliege reise konzert auftritt abgabe deadline turnier lauf premiere \
        bewerbungsgesprach umzug fuhrerscheinprufung theorieprufung abitur stichtag abschlussprufung messe urlaub \
        gebucht angemeldet auffuhrung bestehen fertig start"),
    (Tag::Trip, "reisen rundreise ferien aufenthalt pause elternzeit kreuzfahrt notgroschen"),
    (Tag::Plan, "plan programm kurs challenge trainingsplan lernplan projekt sprint"),
    (Tag::Piece, "video film dokumentation doku podcast song lied stuck vortrag rede km kilometer folge"),
    (Tag::Start, "starte beginnend startet"), (Tag::Is, "ist sind"), (Tag::Long, "dauer"),
    (Tag::Am, "bin derzeit momentan aktuell niveau level kenntnisse schon bereits jetzt stehe"),
    (Tag::Target, "werden_zum erreichen auf_niveau zertifikat schaffen erreiche ziel anstreben"),
    (Tag::Level(Cue::Novice), "von_null von_null_an von_grund_auf bei_null ohne_vorkenntnisse keine_vorkenntnisse \
        ohne_erfahrung keine_erfahrung keinerlei_erfahrung kaum_erfahrung wenig_erfahrung keine_ahnung noch_nie \
        nie_gemacht nie_gespielt neu_in neu_im kann_ein_bisschen grundkenntnisse absolute_grundlagen \
        ganz_am_anfang null_erfahrung blutiger_anfanger ohne_jede_erfahrung"),
    (Tag::Level(Cue::Beginner), "anfanger anfangerin anfaenger anfaengerin einsteiger einsteigerin neuling laie \
        wiedereinsteiger absoluter_anfanger totaler_anfanger"),
    (Tag::Level(Cue::Intermediate), "mittelstufe mittleres_niveau mittel mittlere fortgeschrittener_anfanger"),
    (Tag::Level(Cue::Practised), "etwas_erfahrung kein_anfanger keine_anfangerin nicht_anfanger einige_erfahrung \
        gute_grundkenntnisse gute_kenntnisse spiele_schon_gut gute_vorkenntnisse"),
    (Tag::Level(Cue::Advanced), "fortgeschritten fortgeschrittener fortgeschrittene experte expertin profi"),
    (Tag::Level(Cue::Seasoned), "jahre_erfahrung jahrelange_erfahrung viel_erfahrung sehr_erfahren erfahren \
        langjahrige_erfahrung erfahrener erfahrene"),
    (Tag::Level(Cue::Frame('a')), "a1 a2"), (Tag::Level(Cue::Frame('b')), "b1 b2"),
    (Tag::Level(Cue::Frame('c')), "c1 c2"),
];
