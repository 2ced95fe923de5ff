//! An operator at a keyboard.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use sluice_operator_api::Operator;
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
        let database = self.odoo(|odoo| odoo.config().database.clone());
        let ports = self.processes.ports();
        let operator = Operator::new(ports.clone(), &setup::by_name(&self.accounts), &database);
        let answer: Arc<Mutex<Option<usize>>> = Arc::default();
        let told = Arc::clone(&answer);
        let run = async move {
            let (mut subjects, mut after) = (0, None);
            loop {
                match operator.accept_database(since, after.clone()).await {
                    Ok(accepted) => {
                        subjects += accepted.subjects;
                        after = accepted.next;
                        if after.is_none() {
                            break;
                        }
                    }
                    Err(_) => ports.timer.sleep(1_000).await,
                }
            }
            *told.lock().expect("a world is one thread") = Some(subjects);
            Done::Ran(Ran::Swept(Swept::default()))
        };
        self.spawn(Work::Sweep, run, PATIENCE);
        let end = later(self.now(), PATIENCE);
        while answer.lock().expect("a world is one thread").is_none() && self.now() < end && self.turn() {}
        let subjects = *answer.lock().expect("a world is one thread");
        subjects.expect("the operator comes to an end")
    }
}
