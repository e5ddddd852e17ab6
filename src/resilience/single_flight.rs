//! Work that is done once for all who want it at the same moment: the first does it, the others wait for what it tells.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// What is being done at this moment, by what it is.
#[derive(Debug)]
pub struct SingleFlight<K, V> {
    works: Arc<Mutex<Flights<K, V>>>,
}

type Flights<K, V> = HashMap<K, watch::Receiver<Option<V>>>;

/// One's part in a work.
pub enum Role<K: Eq + Hash, V> {
    /// To do it.
    Leader(Leader<K, V>),
    /// To wait for it.
    Follower(Follower<V>),
}

/// The duty to do a work. Dropped without a word, it leaves the work to the next who wants it.
pub struct Leader<K: Eq + Hash, V> {
    works: Arc<Mutex<Flights<K, V>>>,
    /// None once it has ended: the same work may be another's by then.
    key: Option<K>,
    publisher: watch::Sender<Option<V>>,
}

/// A wait for what the first tells.
pub struct Follower<V>(watch::Receiver<Option<V>>);

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self {
            works: Arc::default(),
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> SingleFlight<K, V> {
    /// Takes a seat at this work.
    #[must_use]
    pub fn join(&self, key: &K) -> Role<K, V> {
        let mut works = locked(&self.works);
        if let Some(work) = works.get(key) {
            return Role::Follower(Follower(work.clone()));
        }
        let (tell, work) = watch::channel(None);
        works.insert(key.clone(), work);
        Role::Leader(Leader {
            works: Arc::clone(&self.works),
            key: Some(key.clone()),
            publisher: tell,
        })
    }
}

impl<K: Eq + Hash, V> Leader<K, V> {
    /// Ends the work, and tells all who wait, if anybody does.
    pub fn publish(mut self, outcome: impl FnOnce() -> V) {
        self.end();
        if self.publisher.receiver_count() > 0 {
            self.publisher.send_replace(Some(outcome()));
        }
    }

    /// Nobody joins from here on.
    fn end(&mut self) {
        if let Some(key) = self.key.take() {
            locked(&self.works).remove(&key);
        }
    }
}

impl<K: Eq + Hash, V> Drop for Leader<K, V> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<V: Clone> Follower<V> {
    /// What the first tells; nothing if it left without a word.
    pub async fn outcome(mut self) -> Option<V> {
        let told = self.0.wait_for(Option::is_some).await.ok()?;
        told.clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A map is whole between any two of its calls.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(seat: Role<u8, u8>) -> Leader<u8, u8> {
        match seat {
            Role::Leader(lead) => lead,
            Role::Follower(_) => panic!("somebody else is first"),
        }
    }

    fn next(seat: Role<u8, u8>) -> Follower<u8> {
        match seat {
            Role::Follower(follow) => follow,
            Role::Leader(_) => panic!("nobody is first"),
        }
    }

    #[tokio::test]
    async fn all_who_come_before_its_end_hear_what_the_first_tells() {
        let works = SingleFlight::default();
        let lead = first(works.join(&1));
        let (early, late) = (next(works.join(&1)), next(works.join(&1)));
        let _other = first(works.join(&2));

        let waiting = tokio::spawn(early.outcome());
        lead.publish(|| 7);

        assert_eq!(waiting.await.unwrap(), Some(7));
        assert_eq!(late.outcome().await, Some(7));
        let _anew = first(works.join(&1));
    }

    #[tokio::test]
    async fn a_first_that_leaves_without_a_word_makes_room_for_another() {
        let works = SingleFlight::default();
        let lead = first(works.join(&1));
        let follow = next(works.join(&1));

        drop(lead);

        assert_eq!(follow.outcome().await, None);
        let _next = first(works.join(&1));
    }
}
