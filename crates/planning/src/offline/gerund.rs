//! Gerunds of English verbs, for goals that begin with a verb: "run a marathon" becomes "running a marathon".

use std::collections::HashMap;
use std::sync::LazyLock;

/// Verbs that double their last letter before `ing`.
const DOUBLED: &str = "\
    begin chat cut drop fit get hit jog knit let map plan put quit rub run scrub set shop \
    sit stop swim trim win";

/// Verbs that drop their last letter before `ing`.
const DROPPED: &str = "\
    achieve animate argue arrange bake balance become carve celebrate code complete compose \
    continue create curate cycle dance debate drive exercise explore finance freelance \
    fundraise give graduate handle have hike illustrate improve increase juggle leave lose \
    make manage meditate memorise memorize motivate move negotiate organise organize \
    practice practise prepare prioritise prioritize produce race raise recite reduce \
    rehearse relocate renovate rescue restore ride rise save scale schedule settle shape \
    share smoke solve strive survive take type upcycle use wake write";

/// Verbs that do not change before `ing`.
const PLAIN: &str = "\
    adopt apply attend avoid beat bench bond boost break brew bring build buy call carry \
    catch check clean clear climb control cook crochet declutter deliver design develop \
    direct do draw drink earn eat edit enter expand feel ferment fight film find finish fix \
    focus follow gain garden go grill grow help hold host invest join keep land launch lead \
    learn lift limit listen look lower maintain master meet mentor mix obtain open overhaul \
    pack paint pass pay perform photograph pick play present program publish reach read \
    rebuild reconnect record recover refurbish remodel repair research return review score \
    sculpt see sell sew ship sign sing sketch ski sleep solder sort speak spend stand start \
    stay strengthen stretch study surf talk teach test think throw tidy track train \
    transition travel try turn understand visit volunteer walk watch weld work";

/// How a verb changes before `ing`.
#[derive(Clone, Copy)]
enum Change {
    Doubled,
    Dropped,
    Plain,
}

static VERBS: LazyLock<HashMap<&str, Change>> = LazyLock::new(|| {
    let lists = [
        (PLAIN, Change::Plain),
        (DROPPED, Change::Dropped),
        (DOUBLED, Change::Doubled),
    ];
    lists
        .into_iter()
        .flat_map(|(verbs, change)| verbs.split_whitespace().map(move |verb| (verb, change)))
        .collect()
});

/// Returns the gerund of a verb that goals often begin with; `None` for all other words, which are taken for nouns.
pub fn gerund(verb: &str) -> Option<String> {
    match VERBS.get(verb)? {
        Change::Doubled => {
            let last = verb.chars().next_back()?;
            Some(format!("{verb}{last}ing"))
        }
        Change::Dropped => Some(format!("{}ing", verb.strip_suffix('e')?)),
        Change::Plain => Some(format!("{verb}ing")),
    }
}

#[cfg(test)]
mod tests {
    use super::gerund;

    #[test]
    fn verbs_have_a_gerund_and_nouns_have_none() {
        for (verb, expected) in [
            ("run", "running"),
            ("write", "writing"),
            ("learn", "learning"),
        ] {
            assert_eq!(gerund(verb).as_deref(), Some(expected));
        }
        assert_eq!(gerund("piano"), None);
    }
}
