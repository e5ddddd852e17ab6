//! English.

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

use super::super::tag::{Cue, Holiday, Season, Tag, Unit};
use super::Row;

/// The English table.
#[rustfmt::skip] // one row for each meaning, as in a dictionary
pub(super) const WORDS: &[Row] = &[
    (Tag::Marker, "the_first_time i my me we our you your it its that these those will would want wanna need \
        and/or what how who which there here learn improve get_ready build make write so just_to with up out as \
        do be some his her they their them please really very into then when also"),
    // Numbers.
    (Tag::Num(0), "zero"), (Tag::Num(100), "one single"),
    (Tag::Num(200), "two couple a_couple couple_of a_couple_of"), (Tag::Num(300), "three"),
    (Tag::Num(400), "four"), (Tag::Num(500), "five"), (Tag::Num(600), "six"), (Tag::Num(700), "seven"),
    (Tag::Num(800), "eight"), (Tag::Num(900), "nine"), (Tag::Num(1000), "ten"), (Tag::Num(1100), "eleven"),
    (Tag::Num(1200), "twelve dozen a_dozen"), (Tag::Num(1300), "thirteen"), (Tag::Num(1400), "fourteen"),
    (Tag::Num(1500), "fifteen"), (Tag::Num(1600), "sixteen"), (Tag::Num(1700), "seventeen"),
    (Tag::Num(1800), "eighteen"), (Tag::Num(1900), "nineteen"), (Tag::Num(2000), "twenty"),
    (Tag::Num(3000), "thirty"), (Tag::Num(4000), "forty fourty"), (Tag::Num(5000), "fifty"),
    (Tag::Num(6000), "sixty"), (Tag::Num(7000), "seventy"), (Tag::Num(8000), "eighty"), (Tag::Num(9000), "ninety"),
    (Tag::Num(10_000), "hundred a_hundred one_hundred"), (Tag::Ordinal(1), "first"), (Tag::Ordinal(3), "third"),
    (Tag::Ordinal(4), "fourth"), (Tag::Ordinal(5), "fifth"), (Tag::Ordinal(6), "sixth"),
    (Tag::Ordinal(7), "seventh"), (Tag::Ordinal(8), "eighth"), (Tag::Ordinal(9), "ninth"),
    (Tag::Ordinal(10), "tenth"), (Tag::Ordinal(11), "eleventh"), (Tag::Ordinal(12), "twelfth"),
    (Tag::Ordinal(13), "thirteenth"), (Tag::Ordinal(14), "fourteenth"), (Tag::Ordinal(15), "fifteenth"),
    (Tag::Ordinal(20), "twentieth"), (Tag::Ordinal(30), "thirtieth"), (Tag::Ordinal(31), "thirty_first"),
    (Tag::Half, "half"), (Tag::AndHalf, "and_a_half and_half and_one_half"),
    // Units and recurrence.
    (Tag::Unit(Unit::Minute), "min mins minute minutes minuts minites mn"),
    (Tag::Unit(Unit::Hour), "h hr hrs hour hours hour's hours' houres"),
    (Tag::Unit(Unit::Day), "day days d calendar_days"),
    (Tag::Unit(Unit::Week), "week weeks wk wks w weeks' week's calendar_weeks"), (Tag::CalendarWeek, "calendar_week iso_week cw"),
    (Tag::Unit(Unit::Fortnight), "fortnight fortnights"),
    (Tag::Unit(Unit::Month), "month months mo mos mth mths month's months' calendar_months"),
    (Tag::Unit(Unit::Quarter), "quarter quarters"), (Tag::Unit(Unit::Year), "year years yr yrs year's years'"),
    (Tag::Part, "evening morning afternoon night lunchtime lunch lunch_break evening's"),
    (Tag::Parts, "evenings mornings afternoons nights lunchtimes lunches lunch_breaks"),
    (Tag::Session, "session sessions sitting sittings block blocks workout workouts lesson lessons slot slots run \
        runs ride rides training_session training_sessions study_session study_sessions practice_session stint \
        stints class classes practice_sessions swim swims walk walks"),
    (Tag::Times, "times"), (Tag::Cross, "x"), (Tag::Often(1), "once"), (Tag::Often(2), "twice"),
    (Tag::Often(3), "thrice"), (Tag::Rate(Unit::Day), "daily nightly everyday per_diem"),
    (Tag::Rate(Unit::Week), "weekly pw"), (Tag::Rate(Unit::Fortnight), "fortnightly biweekly bi_weekly"),
    (Tag::Rate(Unit::Month), "monthly"), (Tag::Per, "per p"), (Tag::Every, "every each any evry"),
    (Tag::Each, "apiece each_time every_time at_a_time per_session a_session per_sitting per_time each_session \
        per_workout per_lesson each_go a_sitting a_pop in_one_go"),
    (Tag::Article, "a an the"), (Tag::BothWays, "each_way there_and_back morning_and_evening morning_and_night"),
    (Tag::EveryOtherDay, "alternate_days alternating_days on_alternate_days"),
    (Tag::Alternate, "other second 2nd"),
    // Days.
    (Tag::Day(Mon), "monday"), (Tag::Day(Tue), "tuesday"), (Tag::Day(Wed), "wednesday wensday"),
    (Tag::Day(Thu), "thursday"), (Tag::Day(Fri), "friday"), (Tag::Day(Sat), "saturday"), (Tag::Day(Sun), "sunday"),
    (Tag::Days(Mon), "mondays"), (Tag::Days(Tue), "tuesdays"), (Tag::Days(Wed), "wednesdays"),
    (Tag::Days(Thu), "thursdays"), (Tag::Days(Fri), "fridays"), (Tag::Days(Sat), "saturdays"),
    (Tag::Days(Sun), "sundays"), (Tag::DayShort(Mon), "mon mons"), (Tag::DayShort(Tue), "tue tues"),
    (Tag::DayShort(Wed), "wed weds"), (Tag::DayShort(Thu), "thu thur thurs thr"), (Tag::DayShort(Fri), "fri fris"),
    (Tag::DayShort(Sat), "sat sats"), (Tag::DayShort(Sun), "sun suns"),
    (Tag::Workdays, "m_f weekday weekdays workday workdays working_day working_days work_day work_days weeknight \
        weeknights school_nights school_night business_day business_days during_the_week week_nights week_night"),
    (Tag::Weekend, "weekend weekends week_end week_ends wkend wkends"),
    (Tag::Month(1), "january jan"), (Tag::Month(2), "february feb febuary"), (Tag::Month(3), "march mar"),
    (Tag::Month(4), "april apr"), (Tag::Month(5), "may"), (Tag::Month(6), "june jun"), (Tag::Month(7), "july jul"),
    (Tag::Month(8), "august aug"), (Tag::Month(9), "september sept sep"), (Tag::Month(10), "october oct"),
    (Tag::Month(11), "november nov"), (Tag::Month(12), "december dec"), (Tag::Quarter(1), "q1"),
    (Tag::Quarter(2), "q2"), (Tag::Quarter(3), "q3"), (Tag::Quarter(4), "q4"),
    (Tag::Season(Season::Spring), "spring springtime"), (Tag::Season(Season::Summer), "summer summertime"),
    (Tag::Season(Season::Autumn), "autumn fall"), (Tag::Season(Season::Winter), "winter"),
    (Tag::Holiday(Holiday::NewYear), "new_year new_years new_year's new_year's_day new_years_day the_new_year"),
    (Tag::Holiday(Holiday::NewYearsEve), "new_year's_eve new_years_eve nye eoy year_end year's_end years_end the_year's_end"),
    (Tag::Holiday(Holiday::Valentine), "valentine's valentines valentine's_day valentines_day"),
    (Tag::Holiday(Holiday::Easter), "easter easter_sunday"), (Tag::Holiday(Holiday::Pentecost), "pentecost whitsun"),
    (Tag::Holiday(Holiday::Halloween), "halloween hallowe'en"), (Tag::Holiday(Holiday::Thanksgiving), "thanksgiving"),
    (Tag::Holiday(Holiday::BlackFriday), "black_friday"), (Tag::Holiday(Holiday::ChristmasEve), "christmas_eve xmas_eve"),
    (Tag::Holiday(Holiday::Christmas), "christmas xmas christmas_day x_mas christmastime crimbo"),
    (Tag::Other, "don't_mind dont_mind don't_like dont_like mar_del something_new good_friday cyber_monday sunday_league sunday_roast sunday_school saturday_job friday_prayer \
        friday_prayers sunday_lunch sunday_dinner casual_friday super_bowl_sunday shrove_tuesday ash_wednesday \
        day_one day_job time_of_day beginner's beginner_friendly first_class first_aid mid_level_manager \
        second_hand may_be no_one how_many_hours no_longer_than how_long on_time sunday_morning_league \
        a_day_in_the_life day_in_the_life day_to_day day_by_day week_by_week expert_witness expert_system by_far \
        by_heart by_hand by_myself by_ear by_the_way on_demand on_top on_my_own monday_morning_blues \
        saturday_night_fever sunday_times first_draft good_night good_morning last_minute in_the_long_run \
        long_run step_by_step by_the_book"),
    (Tag::Today, "today tonight"), (Tag::Tomorrow, "tomorrow"), (Tag::AfterTomorrow, "day_after_tomorrow the_day_after_tomorrow"),
    (Tag::EndOf(Unit::Month), "eom month_end month's_end"), (Tag::EndOf(Unit::Week), "eow"), (Tag::EndOf(Unit::Quarter), "eoq quarter_end"),
    // Words that place a date.
    (Tag::By, "by by_cob by_eod by_close_of_business by_end_of_day by_the_end_of_day by_end_of_business by_close_of_play by_close_of_play_on by_cop close_of_business close_of_business_on cob eod moved_to was_moved_to been_moved_to got_moved_to postponed_to until till til untill no_later_than not_later_than up_until at_the_latest due_by due_on due \
        latest_by up_to_the finish_by by_about by_around by_roughly as_late_as at_latest"),
    (Tag::Before, "before b4 ahead_of prior_to befor in_time_for"), (Tag::On, "on at during of_a"),
    (Tag::In, "in"), (Tag::Within, "within inside in_under in_less_than"), (Tag::Over, "over across throughout over_a_period_of over_the_course_of in_the_course_of over_a_span_of"),
    (Tag::For, "for"), (Tag::From, "from as_of"), (Tag::Since, "since ever_since"),
    (Tag::After, "after following"), (Tag::To, "to thru through up_to_and_including"),
    (Tag::Of, "of worth worth_of"), (Tag::And, "and plus &"), (Tag::Or, "or"),
    (Tag::But, "but however though although"), (Tag::Between, "between"),
    (Tag::Next, "next coming upcoming following_the"), (Tag::This, "this the_current"),
    (Tag::Last, "last past previous"), (Tag::Ago, "ago earlier back_in in_the_past in_the_last in_the_past_few"),
    (Tag::Aged, "old pregnant postpartum sober post_partum experience of_experience clean married behind overdue"),
    (Tag::End, "end close late eo the_end year_end_of last_day end_of_the_day_on end_of ending"),
    (Tag::Mid, "mid middle middle_of halfway_through"),
    (Tag::Begin, "early beginning start_of beginning_of the_start_of"),
    (Tag::Hence, "from_now from_today hence from_now_on left to_go out_from away remaining till_then"),
    // Rules and budgets.
    (Tag::Only, "only just solely exclusively purely nothing_but"),
    (Tag::Mostly, "mostly mainly usually ideally preferably prefer often sometimes especially generally typically \
        not_only not_just particularly"),
    (Tag::Not, "not no nothing never can't cant cannot won't wont don't dont nope non avoid isn't isnt aren't arent \
        unable doesn't doesnt neither nor skip skipping rest resting leave hate off_on rest_day rest_days \
        couldn't shouldn't keep_free no_time_on rest_days_on rest_day_on don't_work do_not"),
    (Tag::Except, "outside_of outside except excepting excluding apart_from aside_from other_than minus without bar barring but_not \
        except_for save_for with_the_exception_of besides"),
    (Tag::Off, "off excluded excepted out_of_bounds off_limits unavailable not_available are_out is_out \
        not_possible are_off is_off don't_suit is_impossible are_impossible are_no_good are_sacred is_sacred \
        are_blocked is_blocked are_taken is_taken are_not_possible is_not_possible not_an_option are_full \
        off_please don't_fit are_a_no are_busy is_busy is_full are_for_family is_for_family is_family_day \
        are_family_days are_for_rest is_rest_day is_my_rest_day is_for_rest is_a_no are_rest_days \
        are_my_rest_days rest_day_is are_reserved are_bad is_bad are_no_go are_out_of_the_question"),
    (Tag::Busy, "busy closed unavailable_on"),
    (Tag::Total, "a_total_of total in_total altogether overall all_in_all in_all combined all_told all_in all_together"),
    (Tag::Approx, "about around roughly approx approximately circa ca max maximum at_most up_to tops at_least \
        minimum nearly almost or_so ish under less_than more_than no_more_than not_more_than a_maximum_of \
        a_minimum_of a_good a_full full whole solid entire spare free extra good straight consecutive short quick \
        little at_the_most fewer_than upwards_of realistically maybe perhaps probably only_about just_about \
        exactly precisely quiet focused uninterrupted intense"),
    (Tag::Have, "have day_off i'm_off im_off off_work i_am_off have_got i've we've can could got spare_me spend spending available invest put dedicate \
        devote manage commit set_aside afford give budget carve_out has allocate free_up willing practise \
        practice study studying train training exercise i'll able find block_out squeeze_in set_aside_for \
        study_time practicing practising available_for time_for want_to_spend keep_free_for"),
    (Tag::Work, "awake work fasting working works job jobs office sleep sleeping commute commuting shift shifts lecture \
        lectures teach teaching employed screen screentime tv netflix scrolling tiktok instagram youtube gaming \
        meetings overtime desk drive driving sitting_at phone social uni school worked workweek sleeps slept \
        clients billable paid full_time part_time stuck commutes childcare"),
    (Tag::Other, "after_work before_work from_work working_on  work_out work_through deep_work_session \
        work_towards work_toward after_school after_sleep works_best works_for works_well best_for before_school \
        besides_work alongside_work after_hours around_work at_work_out next_to_work between_work work_permitting \
        outside_work outside_of_work on_top_of_work around_my_job alongside_my_job around_shifts after_my_shift \
        after_my_shifts after_the_office to_work_with working_with to_work_on sleep_better \
        during_my_commute on_my_commute around_my_shifts around_a_full_time_job alongside_a_full_time_job \
        with_a_full_time_job around_my_work next_to_my_job besides_my_job on_the_commute during_the_commute \
        homework coursework drive_time after_uni"),
    (Tag::Past, "wrote failed flunked started began passed_last was were did had born quit_in stopped finished took \
        bought tried ran completed graduated moved_here lost broke injured gave missed done_in began_in \
        got_back_in founded joined won used_to happened"),
    (Tag::Been, "been i've_had have_had i've_done i've_played i've_studied i've_run i've_spent have_played \
        have_studied have_run have_spent has_been already_done i've_practised i've_trained played_for studied_for \
        ran_for lived_for waited have_lived i've_lived have_worked i've_worked have_tried i've_tried"),
    (Tag::Event, "christmas_market christmas_markets christmas_party christmas_fair christmas_concert christmas_play halloween_party camino trek inca_trail highland_way coast_path three_peaks new_job starting_a_job first_day_at street_party housewarming baby_shower funeral memorial prom fete jumble_sale car_boot_sale garage_sale bake_sale stag_do hen_do open_mic first_gig \
        give_a_toast give_a_talk give_a_speech have_to_present opens host hosting quiz_night vernissage school_play exam exams test tests race marathon triathlon ironman booked book scheduled fly flying flight \
        wedding deadline interview interviews audition concert recital gig tournament competition championship \
        event launch launching release premiere show exhibition opening conference presentation defense defence \
        submission submit hand_in viva hike summit expedition sitting_it sit taking take pass passing retake \
        resit resitting retaking performance ceremony finals final appointment moving move move_in starts begins \
        meet fight bout match deliver publish compete happens leaving leave_for travelling fly_out depart \
        departure checkup gcse gcses midterm midterms date due_date goal_date target_date target deadline_is \
        ready trip visit enter swim_on half_marathon 10k 5k parkrun sportive gran_fondo regatta climb perform \
        festival open_day assessment recertification expires renewal course_starts christening party graduation \
        play_at birthday reunion gala holiday get_certified be_ready arrive arrives baby_is_due open goes_live \
        go_live going_live land walk_it challenge_is certification_exam parents_visit visit_in anniversary \
        driving_test is_planned planned"),
    (Tag::Trip, "holidays vacation tour cruise honeymoon journey stay retreat roadtrip getaway travel break \
        sabbatical internship interrail camp old_baby residency supply reserve fund expenses buffer savings \
        lease contract subscription warranty free_trial trial visa emergency notice salary runway itinerary \
        backpacking safari pilgrimage exchange placement maternity break_from daughter son newborn puppy \
        contractor"),
    (Tag::Plan, "habit plan program programme challenge schedule sprint bootcamp course timeline timeframe regimen \
        routine block_of cycle curriculum roadmap project push preparation prep streak training_plan study_plan \
        goal window cut bulk reset build_up intensive transformation countdown"),
    (Tag::Piece, "video videos documentary film movie episode episodes podcast talk speech essay song songs set \
        album track piece paper papers quiz mile miles km 10_km distance finish playlist mix mixtape monologue ep \
        demo story animation lecture_series game quizzes concert_set time_limit pb timed meeting handstand plank \
        wait drive_to flight_to flights layover"),
    (Tag::Long, "long lasting in_length round_trip one_way"),
    (Tag::Start, "starting start begin beginning_on starting_on starting_from commencing started_on as_from \
        start_on effective"),
    (Tag::Is, "is are 's be_on falls_on lies_on will_be"),
    // Level.
    (Tag::Am, "im i'm am currently already level speaker myself present we're pretty fairly quite rather now \
        skill skills user student_at i_consider_myself knowledge"),
    (Tag::Target, "reach become achieve get getting become_an hit attain master mastering towards toward aiming \
        aim go going learning certificate cert exam_at want_to_be to_be be_an be_a guide dream \
        teach_beginners coach until_i'm until_i'm_at"),
    (Tag::Level(Cue::Novice), "zero_to_hero from_the_ground_up from_scratch from_zero from_nothing from_square_one no_experience zero_experience \
        without_experience without_any_experience no_prior_experience no_previous_experience not_any_experience \
        little_experience little_to_no_experience no_knowledge no_prior_knowledge zero_knowledge no_background \
        no_coding_experience no_programming_experience no_musical_background no_idea_how know_nothing \
        knowing_nothing never_used never_touched never_done never_played never_tried never_coded never_programmed \
        never_written never_run never_painted never_drawn never_learned never_learnt never_studied \
        never_worked_with never_cooked never_held never_sung never_danced never_swum never_lifted never_ridden \
        never_sewn never_knitted never_baked never_spoken never_read_music never_made never_built never_recorded \
        never_edited never_climbed never_skied never_surfed never_been_to_a_gym never_trained never_taken_a \
        never_ran new_to brand_new_to completely_new totally_new complete_newcomer first_timer starting_out \
        just_starting just_started just_starting_out know_a_bit know_a_little know_the_basics know_some \
        know_only_the_basics know_a_few basic_knowledge basic_understanding basic_level a_bit_of_experience \
        a_little_experience limited_experience hardly_any_experience very_little_experience starting_from_zero \
        absolute_basics clueless a_total_novice can_barely can't_read_music know_basic basic_skills \
        elementary_level have_basic at_zero i'm_new we're_new im_new no_clue starting_fresh day_one_beginner \
        no_skills no_skill a_bit_of_basic have_no_experience know_very_little i_am_new"),
    (Tag::Level(Cue::Beginner), "beginner beginners begginer beginer novice newbie newb noob newcomer rookie \
        false_beginner advanced_beginner total_beginner absolute_beginner complete_beginner greenhorn \
        beginner_level"),
    (Tag::Level(Cue::Intermediate), "intermediate intermediate_level upper_intermediate lower_intermediate \
        pre_intermediate mid_level intermediate_advanced"),
    (Tag::Level(Cue::Practised), "some_experience some_running_experience some_coding_experience some_programming_experience some_teaching_experience some_climbing_experience play_well play_quite_well play_pretty_well speak_well \
        not_a_beginner not_a_total_beginner not_a_complete_beginner no_beginner not_beginner no_longer_a_beginner \
        not_an_absolute_beginner isn't_a_beginner non_beginner past_beginner beyond_beginner past_the_basics \
        beyond_the_basics some_prior_experience some_previous_experience decent_level solid_basics pretty_good_at quite_good_at already_good_at fairly_good_at \
        reasonably_good already_comfortable fairly_comfortable solid_foundation not_new_to \
        a_fair_bit_of_experience know_it_fairly_well moderate_experience decent_knowledge good_knowledge \
        solid_knowledge some_knowledge average_level medium_level no_newbie not_a_newbie not_a_novice no_novice \
        a_year_of_experience semi_advanced comfortable_with_the_basics"),
    (Tag::Level(Cue::Advanced), "advanced expert proficient advanced_level"),
    (Tag::Level(Cue::Seasoned), "years_of_experience years_experience years'_experience very_experienced \
        experienced a_lot_of_experience lots_of_experience extensive_experience highly_experienced \
        years_of_practice seasoned know_it_very_well very_advanced quite_advanced fairly_advanced pretty_advanced \
        decades_of_experience expert_level veteran"),
    (Tag::Level(Cue::Frame('a')), "a1 a2"), (Tag::Level(Cue::Frame('b')), "b1 b2"),
    (Tag::Level(Cue::Frame('c')), "c1 c2"),
];
