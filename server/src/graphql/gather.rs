//! What resolvers ask for one by one at the same moment is asked for once.
//!
//! async-graphql runs all fields of a request in one task, one after the other. Whoever asks leaves its keys, lets the others
//! run as far as they get, and only then is the question put, for all keys that are there by then. So no time passes but
//! that of the others' work, and how many statements a list takes depends on no clock. (async-graphql's own `DataLoader`
//! waits for a time that is given, in which a slow machine may not get through all rows, and which a quick one loses.)
//!
//! Nothing is kept: no answer is older than its question.

use futures::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// What was asked for, by key; keys of which there is nothing are missing.
type Found<K, V, E> = Result<Arc<HashMap<K, V>>, E>;

/// Asks for many keys at once.
type Ask<K, V, E> = Arc<dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, E>> + Send + Sync>;

/// Keys that are gathered; none once the question is put.
type Keys<K> = Arc<Mutex<Option<Vec<K>>>>;

/// Whoever waits for the answer carries it on, so it comes although others have gone away.
type Answer<K, V, E> = BoxFuture<'static, Found<K, V, E>>;

/// A question that may still be open for more keys.
struct Open<K, V, E> {
    keys: Keys<K>,
    answer: WeakShared<Answer<K, V, E>>,
}

/// Puts one question for all who ask at the same moment.
pub struct Gather<K, V, E> {
    ask: Ask<K, V, E>,
    open: Mutex<Option<Open<K, V, E>>>,
}

impl<K, V, E> Gather<K, V, E>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    /// `ask` is given each key once.
    pub fn new<F>(ask: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, E>> + Send + 'static,
    {
        Self { ask: Arc::new(move |keys| ask(keys).boxed()), open: Mutex::new(None) }
    }

    /// What there is of these keys, and of those that others have asked for at the same moment.
    ///
    /// # Errors
    /// As the question has.
    pub async fn all(&self, keys: impl IntoIterator<Item = K>) -> Found<K, V, E> {
        let answer = self.join(keys);
        tokio::task::yield_now().await;
        answer.await
    }

    fn join(&self, wanted: impl IntoIterator<Item = K>) -> Shared<Answer<K, V, E>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Open { keys, answer }) = &*open
            && let Some(answer) = answer.upgrade()
            && let Some(keys) = &mut *keys.lock().unwrap_or_else(PoisonError::into_inner)
        {
            keys.extend(wanted);
            return answer;
        }
        let keys: Keys<K> = Arc::new(Mutex::new(Some(wanted.into_iter().collect())));
        let (gathered, ask) = (Arc::clone(&keys), Arc::clone(&self.ask));
        let answer = async move {
            let keys = gathered.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
            let each: HashSet<K> = keys.into_iter().collect();
            if each.is_empty() {
                return Ok(Arc::default());
            }
            ask(each.into_iter().collect()).await.map(Arc::new)
        };
        let answer = answer.boxed().shared();
        *open = answer.downgrade().map(|answer| Open { keys, answer });
        answer
    }
}

impl<K, V, E> Gather<K, V, E>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    /// What there is of one key.
    ///
    /// # Errors
    /// As the question has.
    pub async fn one(&self, key: K) -> Result<Option<V>, E> {
        Ok(self.all([key]).await?.get(&key).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::{join_all, try_join};
    use std::pin::pin;

    type Asked = Arc<Mutex<Vec<Vec<u32>>>>;

    /// Answers with the double, and notes what it was asked.
    fn doubling() -> (Gather<u32, u32, String>, Asked) {
        let asked = Asked::default();
        let noted = Arc::clone(&asked);
        let gather = Gather::new(move |mut keys: Vec<u32>| {
            keys.sort_unstable();
            noted.lock().unwrap().push(keys.clone());
            async move {
                tokio::task::yield_now().await;
                if keys.contains(&1300) {
                    return Err("thirteen".to_owned());
                }
                Ok(keys.into_iter().filter(|key| *key < 1000).map(|key| (key, key * 2)).collect())
            }
        });
        (gather, asked)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn those_who_ask_at_the_same_moment_are_asked_for_once() {
        let (gather, asked) = doubling();
        let found = join_all((0..200).map(|key| gather.one(key % 100))).await;
        assert!(found.into_iter().zip(0..).all(|(found, key)| found == Ok(Some(key % 100 * 2))));
        assert_eq!(*asked.lock().unwrap(), [(0..100).collect::<Vec<_>>()]);
        // Nothing is kept, and what is not there is not made up.
        assert_eq!(gather.one(7).await, Ok(Some(14)));
        assert_eq!(gather.one(1000).await, Ok(None));
        assert_eq!(gather.all([]).await.map(|found| found.len()), Ok(0));
        assert_eq!(asked.lock().unwrap()[1..], [vec![7], vec![1000]]);
    }

    #[tokio::test]
    async fn an_error_is_everybodys_and_the_next_question_is_a_new_one() {
        let (gather, _) = doubling();
        let both = join_all([gather.one(1300), gather.one(1)]).await;
        assert_eq!(both, [Err("thirteen".to_owned()), Err("thirteen".to_owned())]);
        assert_eq!(gather.one(1).await, Ok(Some(2)));
    }

    #[tokio::test]
    async fn the_answer_comes_although_the_first_who_asked_goes_away() {
        let (gather, asked) = doubling();
        let mut second = pin!(gather.one(2));
        {
            let mut first = pin!(gather.one(1));
            assert!(first.as_mut().now_or_never().is_none());
            assert!(second.as_mut().now_or_never().is_none());
            assert!(first.as_mut().now_or_never().is_none());
            assert_eq!(*asked.lock().unwrap(), [vec![1, 2]], "the first has put the question for both, and is dropped");
        }
        assert_eq!(second.await, Ok(Some(4)));
    }

    #[tokio::test]
    async fn one_after_the_other_meet_at_each_stage() {
        let (gather, asked) = doubling();
        let chain = async |key| {
            let once = gather.one(key).await?.unwrap_or_default();
            gather.one(once).await
        };
        assert_eq!(try_join(chain(1), chain(5)).await, Ok((Some(4), Some(20))));
        assert_eq!(*asked.lock().unwrap(), [vec![1, 5], vec![2, 10]]);
    }
}
