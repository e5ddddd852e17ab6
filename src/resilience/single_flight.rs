//! Single flight: concurrent callers of the same work share one execution. The first caller leads, the others wait for its
//! outcome.
//!
//! We keep our own instead of a crate because a leader that is dropped hands the work over to the next caller, and because an
//! outcome is built only if someone waits for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tracing::Span;

/// The work in flight, by key.
#[derive(Debug)]
pub struct SingleFlight<K, V> {
    flights: Arc<Mutex<Flights<K, V>>>,
}

type Flights<K, V> = HashMap<K, Flight<V>>;

#[derive(Debug)]
struct Flight<V> {
    outcome: watch::Receiver<Option<V>>,
    /// The leader's span, to which the spans of followers link.
    span: Span,
}

/// A caller's role in a piece of work.
pub enum Role<K: Eq + Hash, V> {
    /// The caller does the work.
    Leader(Leader<K, V>),
    /// The caller waits for the leader.
    Follower(Follower<V>),
}

/// The role of the caller that does the work. If it is dropped without an outcome, the next caller to join becomes the leader.
pub struct Leader<K: Eq + Hash, V> {
    flights: Arc<Mutex<Flights<K, V>>>,
    /// `None` once the flight has ended, because another leader may have the same key by then.
    key: Option<K>,
    publisher: watch::Sender<Option<V>>,
}

/// The role of a caller that waits for the leader's outcome.
pub struct Follower<V>(watch::Receiver<Option<V>>);

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self {
            flights: Arc::default(),
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> SingleFlight<K, V> {
    /// Joins the work with this key: as its leader if there is none, else as a follower.
    #[must_use]
    pub fn join(&self, key: &K) -> Role<K, V> {
        let mut flights = locked(&self.flights);
        if let Some(flight) = flights.get(key) {
            Span::current().follows_from(&flight.span);
            return Role::Follower(Follower(flight.outcome.clone()));
        }
        let (publisher, outcome) = watch::channel(None);
        let span = Span::current();
        flights.insert(key.clone(), Flight { outcome, span });
        Role::Leader(Leader {
            flights: Arc::clone(&self.flights),
            key: Some(key.clone()),
            publisher,
        })
    }
}

impl<K: Eq + Hash, V> Leader<K, V> {
    /// Ends the flight and publishes the outcome to all followers. `outcome` is called only if there are any.
    pub fn publish(mut self, outcome: impl FnOnce() -> V) {
        self.end();
        if self.publisher.receiver_count() > 0 {
            self.publisher.send_replace(Some(outcome()));
        }
    }

    /// Removes the flight; later callers start a new one.
    fn end(&mut self) {
        if let Some(key) = self.key.take() {
            locked(&self.flights).remove(&key);
        }
    }
}

impl<K: Eq + Hash, V> Drop for Leader<K, V> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<V: Clone> Follower<V> {
    /// Waits for the leader's outcome; `None` if the leader was dropped without publishing one.
    pub async fn outcome(mut self) -> Option<V> {
        let outcome = self.0.wait_for(Option::is_some).await.ok()?;
        outcome.clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic cannot leave the map half-changed, so a poisoned lock is safe to use.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leader(role: Role<u8, u8>) -> Leader<u8, u8> {
        match role {
            Role::Leader(leader) => leader,
            Role::Follower(_) => panic!("there is already a leader"),
        }
    }

    fn follower(role: Role<u8, u8>) -> Follower<u8> {
        match role {
            Role::Follower(follower) => follower,
            Role::Leader(_) => panic!("there is no leader"),
        }
    }

    #[tokio::test]
    async fn all_followers_get_the_leaders_outcome() {
        let flights = SingleFlight::default();
        let first = leader(flights.join(&1));
        let (early, late) = (follower(flights.join(&1)), follower(flights.join(&1)));
        let _other = leader(flights.join(&2));

        let waiting = tokio::spawn(early.outcome());
        first.publish(|| 7);

        assert_eq!(waiting.await.unwrap(), Some(7));
        assert_eq!(late.outcome().await, Some(7));
        let _again = leader(flights.join(&1));
    }

    #[tokio::test]
    async fn a_dropped_leader_makes_room_for_another() {
        let flights = SingleFlight::default();
        let first = leader(flights.join(&1));
        let waiting = follower(flights.join(&1));

        drop(first);

        assert_eq!(waiting.outcome().await, None);
        let _next = leader(flights.join(&1));
    }
}
