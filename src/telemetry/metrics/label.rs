//! Labels whose values form a closed set, and the counters that have one series for each value.

use std::marker::PhantomData;
use std::sync::Arc;

use prometheus::core::Atomic;
use prometheus::core::{AtomicF64, AtomicU64, GenericCounter, GenericCounterVec};

use super::registrar::Registrar;

/// A label whose values form a closed set.
pub trait Label: Copy + 'static {
    /// All values.
    const ALL: &'static [Self];

    /// Returns the value as it appears in series.
    fn as_str(self) -> &'static str;
}

/// Defines labels, each with all of its values, so that [`Label::ALL`] cannot lack one.
macro_rules! labels {
    ($(
        $(#[$about:meta])*
        $name:ident { $( $(#[$meaning:meta])* $value:ident = $text:literal, )+ }
    )+) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $( $(#[$meaning])* $value, )+ }

        impl $crate::telemetry::metrics::Label for $name {
            const ALL: &'static [Self] = &[$( Self::$value, )+];

            fn as_str(self) -> &'static str {
                match self { $( Self::$value => $text, )+ }
            }
        }

        impl From<$name> for usize {
            /// Returns the place in the list of all values.
            fn from(value: $name) -> Self {
                value as Self
            }
        }
    )+ };
}
pub(super) use labels;

/// One counter for each value of a label. All of them exist from the start, so that a rate sees the first increase, and none has to be
/// looked up when it is counted.
pub(super) struct CountersBy<L, P: Atomic> {
    counters: Arc<[GenericCounter<P>]>,
    label: PhantomData<fn(L)>,
}

/// Counters of things.
pub(super) type CountBy<L> = CountersBy<L, AtomicU64>;
/// Counters of dollars.
pub(super) type DollarsBy<L> = CountersBy<L, AtomicF64>;

impl<L: Label + Into<usize>, P: Atomic + 'static> CountersBy<L, P> {
    /// Registers the counters as one metric with this label.
    ///
    /// # Errors
    /// Returns an error if the name is taken or malformed.
    pub fn register(
        registrar: &Registrar,
        name: &str,
        help: &str,
        label: &str,
    ) -> Result<Self, prometheus::Error> {
        let options = prometheus::Opts::new(name, help);
        let family = registrar.add(GenericCounterVec::<P>::new(options, &[label])?)?;
        let counters = L::ALL.iter();
        let counters = counters.map(|value| family.with_label_values(&[value.as_str()]));
        Ok(Self {
            counters: counters.collect(),
            label: PhantomData,
        })
    }

    /// Returns the counter of a value.
    pub fn of(&self, value: L) -> &GenericCounter<P> {
        let place: usize = value.into();
        &self.counters[place]
    }
}
