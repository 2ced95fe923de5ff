//! An operator at a keyboard.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use sluice_domain::ports::Ports;
use sluice_operator_api::{Operator, Trace};
use sluice_reconciler::{Ran, Swept};

use super::World;
use crate::world::{
    kernel::later,
    setup,
    task::{Done, Work},
};

/// How long an operator tries, in virtual minutes.
const PATIENCE: SignedDuration = SignedDuration::from_mins(30);

impl World {
    /// An operator accepts the Odoo database as it is, from that instant, over the ports that fail like all others; answers
    /// how many subjects are verified again.
    ///
    /// # Panics
    /// When it does not come to an end.
    pub fn accept_database(&mut self, since: Timestamp) -> usize {
        self.operate(async move |operator, ports| {
            let (mut subjects, mut after) = (0, None);
            loop {
                match operator.accept_database(since, after.clone()).await {
                    Ok(accepted) => {
                        subjects += accepted.subjects;
                        after = accepted.next;
                        if after.is_none() {
                            return subjects;
                        }
                    }
                    Err(_) => ports.timer.sleep(1_000).await,
                }
            }
        })
    }

    /// What an operator sees of a thing.
    ///
    /// # Panics
    /// When nothing is known of it.
    pub fn traces(&mut self, reference: &str) -> Vec<Trace> {
        let reference = reference.to_owned();
        self.operate(async move |operator, _| operator.trace(&reference).await.expect("it is known"))
    }

    /// An operator releases a thing.
    ///
    /// # Panics
    /// When nothing is known of it.
    pub fn release(&mut self, reference: &str) {
        let reference = reference.to_owned();
        self.operate(async move |operator, _| operator.release(&reference).await.expect("it is known"));
    }

    /// Lets an operator do something, while everything else goes on.
    fn operate<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &mut self,
        work: impl FnOnce(Operator, Ports) -> F,
    ) -> T {
        let database = self.odoo(|odoo| odoo.config().database.clone());
        let ports = self.processes.ports();
        let operator = Operator::new(ports.clone(), &setup::by_name(&self.accounts), &database);
        let answer: Arc<Mutex<Option<T>>> = Arc::default();
        let (told, does) = (Arc::clone(&answer), work(operator, ports));
        let run = async move {
            let done = does.await;
            *told.lock().expect("a world is one thread") = Some(done);
            Done::Ran(Ran::Swept(Swept::default()))
        };
        self.spawn(Work::Sweep, run, PATIENCE);
        let end = later(self.now(), PATIENCE);
        while answer.lock().expect("a world is one thread").is_none() && self.now() < end && self.turn() {}
        let done = answer.lock().expect("a world is one thread").take();
        done.expect("the operator comes to an end")
    }
}
