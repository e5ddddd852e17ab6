//! Languages that we cannot read, by the words that are most common in goals: a text with most of its words in one of them has no
//! constraint for us, even where a word of it is a day or a month in a language that we read ("di", "mai", "do").

/// The words of each language, folded, separated by white space: Italian, Dutch, Swedish, Danish and Norwegian, Polish, Turkish,
/// Indonesian, Romanian, Czech and Slovak, Hungarian, Finnish, Catalan.
#[rustfmt::skip]
pub(super) const WORDS: [&str; 12] = [
    "di il lo gli della dello degli delle nella nello sul sulla per con che non mi mio mia voglio vorrei imparare imparo studiare \
        preparare superare esame correre corso mezza maratona iniziare cominciare suonare chitarra leggere scrivere parlare \
        inglese italiano giorno giorni settimana settimane mese mesi anno ora ore minuti volte volta ogni entro prima dopo fino \
        da a al alla del un una uno mai sono ho come meglio piu bene cucinare dimagrire smettere fumare libri libro lezioni \
        lunedi martedi mercoledi giovedi venerdi sabato domenica gennaio febbraio marzo aprile maggio giugno luglio settembre \
        ottobre dicembre tra fra all dell mezz d tre due quattro cinque dieci mattina sera notte casa lavoro per_la nuotare \
        perdere chili patente guida ballare disegnare e la le i in se tutti tutte tutto senza dal dei",
    "de het een en ik mijn wil leren voor van met naar om te op in is niet per week weken uur uren minuten dag dagen maand maanden \
        keer elke iedere avond ochtend doen examen lopen hardlopen rijbewijs spelen gitaar piano beter worden stoppen roken \
        afvallen lezen schrijven boek boeken nederlands engels spaans frans duits halen slagen zwemmen fietsen koken maken \
        zijn hebben aan bij uit tot binnen jaar drie vier vijf zes tien twee zonder ook maar of dat die wat hoe meer minder \
        maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart juni juli augustus oktober alle elk \
        boekhouden leer oefenen huis tuin kind kinderen",
    "jag att och det som en ett pa av for med till lara mig min mitt vill ska kan inte om dagen veckan vecka veckor manad manader \
        timme timmar minuter ganger i veckan varje kvall morgon bli battre sluta roka springa spela piano gitarr lasa skriva \
        bocker svenska engelska simma laga mat klara provet korkort innan fore efter utan hur mer mindre ar dag dagar sig spela \
        mandag tisdag onsdag torsdag fredag lordag sondag januari februari mars juni juli augusti oktober tva tre fyra fem tio \
        trana halvmaraton ga ner kilo hus hund",
    "jeg at og det som en et pa av for med til laere meg mig min mitt vil skal kan ikke om dagen uken ugen uge uger uker maned timer \
        time minutter ganger gange hver kveld aften morgen bli blive bedre slutte roke ryge lope lobe spille klaver guitar lese \
        laese skrive boker boger dansk norsk engelsk svomme lage mad eksamen bestå besta for_ uten uden hvordan mer mere mindre ar \
        dag dager dage seg sig mandag tirsdag onsdag torsdag fredag lordag sondag januar februar marts juni juli oktober to tre fire \
        fem ti trene trene halvmaraton ned kilo hus hund korekort forerkort",
    "i w z na do sie nie jest chce nauczyc uczyc przygotowac egzaminu egzamin zdac codziennie tydzien tygodniu tygodnie tygodni dni \
        dzien godzin godziny godzine minut razy miesiac miesiacy rok lat moj moja jak grac czytac pisac mowic biegac schudnac rzucic \
        palenie ksiazki ksiazke jezyk jezyka angielskiego hiszpanskiego dla po przed przez od za co o ze to polmaraton maraton prawo \
        jazdy gitarze pianinie pływac plywac gotowac lepiej wiecej mniej zaczac skonczyc poniedzialek wtorek sroda czwartek piatek \
        sobota niedziela stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "ve bir icin ile ogrenmek istiyorum hazirlanmak sinav sinavi sinava haftada hafta gun gunde gunluk saat dakika ay yil kez kere her \
        kosmak okumak yazmak konusmak calmak gitar piyano ingilizce turkce daha iyi cok az olmak birakmak sigarayi kilo vermek kitap \
        yuzmek yemek yapmak ehliyet almak pazartesi sali carsamba persembe cuma cumartesi pazar ocak subat mart nisan mayis haziran \
        temmuz agustos eylul ekim kasim aralik kadar sonra once icinde maraton yarim sabah aksam bu ne nasil",
    "belajar untuk dan di ke yang dengan ujian saya ingin mau bisa akan dari pada dalam setiap hari minggu bulan tahun jam menit kali \
        bermain gitar piano membaca menulis buku bahasa inggris berlari lari berenang memasak berhenti merokok turun berat badan \
        lebih baik lulus universitas sekolah kerja rumah senin selasa rabu kamis jumat sabtu januari februari maret mei juni juli \
        agustus desember selama sebelum sampai tidak ini itu anak ibu",
    "sa si de la in cu pe nu vreau invat invata pentru examen examenul alerg maraton semimaraton zi zile saptamana saptamani luna luni \
        an ore ora minute ori fiecare seara dimineata carti carte citesc scriu engleza romana chitara pian cant fumat slabesc mai bine \
        un o este sunt din care ca prin fara pana inainte dupa marti miercuri joi vineri sambata duminica ianuarie februarie martie \
        aprilie iunie iulie septembrie octombrie noiembrie decembrie in_ permis auto inot gatesc",
    "a se na do v z s k o za po pro chci naucit ucit pripravit zkousku zkouska skousku hodin hodiny hodinu minut tyden tydne tydnu dni \
        den mesic mesicu rok let krat kazdy kazdou denne hrat kytaru klavir cist psat knihy behat beh maraton pulmaraton anglicky \
        spanelsky zhubnout prestat kourit varit plavat lepe vice mene pondeli utery streda ctvrtek patek sobota nedele ledna unora \
        brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince do_konce ridicak je jak jsem bych chcel chcem",
    "a az egy es nem hogy meg szeretnek akarok tanulni megtanulni vizsga vizsgara felkeszulni hetente het hetek nap naponta ora orat perc \
        honap ev alkalommal minden este reggel futni olvasni irni beszelni jatszani gitarozni zongorazni angolul magyarul konyv jobban \
        lefogyni leszokni dohanyzas uszni fozni hetfo kedd szerda csutortok pentek szombat vasarnap januar februar marcius aprilis \
        majus junius julius augusztus szeptember oktober maraton felmaraton jogositvany ig ra ban ben",
    "ja ei on haluan oppia opetella opiskella valmistautua kokeeseen koe viikossa viikko viikkoa paiva paivassa paivaa tunti tuntia \
        minuuttia kertaa kuukausi kuukautta vuosi joka ilta aamu juosta lukea kirjoittaa puhua soittaa kitaraa pianoa englantia suomea \
        kirja kirjoja paremmin laihtua lopettaa tupakointi uida kokata maanantai tiistai keskiviikko torstai perjantai lauantai \
        sunnuntai tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu mennessa ennen jalkeen maraton puolimaraton ajokortti",
    "vull aprendre estudiar l_examen amb per als els les dels dia dies setmana setmanes mes hores hora minuts cada vespre mati correr \
        llegir escriure llibres angles tocar guitarra piano deixar fumar millor molt i un una del al la el que no sense abans despres \
        fins dilluns dimarts dimecres dijous divendres dissabte diumenge gener febrer marc maig juny juliol setembre octubre desembre \
        marato mitja nedar cuinar",
];
