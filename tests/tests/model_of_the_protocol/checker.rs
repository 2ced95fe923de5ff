//! A breadth-first checker: every reachable state, every property at each of them, the shortest path to what breaks one.
//!
//! Own code instead of a crate: `stateright` cannot say "from every reachable state the good end can be reached" (its
//! `eventually` overlooks cycles) and brings a web server along.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Debug,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
};

/// A step that the system can take.
pub(crate) struct Move<S> {
    /// Who does what, working on which version (0: on none); for the path that is printed.
    pub(crate) what: (&'static str, u8, &'static str),
    /// A crash, a duplicate, a lost answer: allowed, but nothing good may depend on it.
    pub(crate) fault: bool,
    pub(crate) to: S,
}

/// What is checked.
pub(crate) trait Model {
    type State: Copy + Eq + Hash + Debug;

    fn start(&self) -> Self::State;
    /// What can happen next, with faults or without.
    fn moves(&self, state: &Self::State, faults: bool, found: &mut Vec<Move<Self::State>>);
    /// What is broken in a state.
    fn broken(&self, state: &Self::State) -> Option<&'static str>;
    /// What is broken by a step.
    fn broken_step(&self, from: &Self::State, to: &Self::State) -> Option<&'static str>;
    /// Is it a quiet end as it must be? [`Model::broken`] says whether a quiet one is bad.
    fn is_good_end(&self, state: &Self::State) -> bool;
}

/// Something broken, and how the system came there.
#[derive(Debug)]
pub(crate) struct Counterexample {
    pub(crate) what: &'static str,
    pub(crate) path: Vec<String>,
}

/// What a search came to.
pub(crate) struct Searched {
    pub(crate) states: usize,
    pub(crate) steps: usize,
    /// Quiet ends as they must be.
    pub(crate) good_ends: usize,
    pub(crate) counterexample: Option<Counterexample>,
}

/// What stands for a state: 64 bits of it, since some millions are to be remembered. That two of a million share them happens
/// once in forty million searches; and the same states have the same on every run.
fn print_of<S: Hash>(state: &S) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

/// The print is its own hash.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a print is one number");
    }

    fn write_u64(&mut self, print: u64) {
        self.0 = print;
    }
}

struct Search<'a, M: Model> {
    model: &'a M,
    /// The number of each state, by its print.
    known: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    /// Whence each state was first reached.
    parents: Vec<u32>,
    /// Steps that are no faults: from, to.
    calm: Vec<(u32, u32)>,
    good: Vec<u32>,
    steps: usize,
    /// Kept for its memory.
    found: Vec<Move<M::State>>,
}

/// What is met without a fault, and what with one more, if there may be one.
type Found<'a, S> = (&'a mut VecDeque<(u32, S)>, Option<&'a mut Vec<(u32, S)>>);

/// Searches everything that so many faults can lead to, or to the first thing that is broken.
pub(crate) fn search<M: Model>(model: &M, faults: usize) -> Searched {
    let mut search = Search {
        model,
        known: HashMap::default(),
        parents: Vec::new(),
        calm: Vec::new(),
        good: Vec::new(),
        steps: 0,
        found: Vec::new(),
    };
    let counterexample = search.forwards(faults).err().or_else(|| search.backwards());
    Searched { states: search.known.len(), steps: search.steps, good_ends: search.good.len(), counterexample }
}

impl<M: Model> Search<'_, M> {
    /// Safety. First all that happens without a fault, then with one, and so on, so that each state is met with as many faults
    /// left as can be, and no path to something broken has more faults than it needs.
    fn forwards(&mut self, faults: usize) -> Result<(), Counterexample> {
        let (mut met, mut open) = (vec![(0, self.model.start())], VecDeque::new());
        for left in (0..=faults).rev() {
            for (parent, state) in met.drain(..) {
                self.meet(parent, state, &mut open);
            }
            while let Some((number, state)) = open.pop_front() {
                self.leave(number, &state, (&mut open, (left > 0).then_some(&mut met)))?;
            }
        }
        Ok(())
    }

    /// Numbers a state, where it is new.
    fn meet(&mut self, parent: u32, state: M::State, open: &mut VecDeque<(u32, M::State)>) -> u32 {
        let fresh = u32::try_from(self.parents.len()).unwrap();
        let number = *self.known.entry(print_of(&state)).or_insert(fresh);
        if number == fresh {
            self.parents.push(parent);
            open.push_back((number, state));
        }
        number
    }

    fn leave(
        &mut self,
        number: u32,
        state: &M::State,
        (open, mut met): Found<'_, M::State>,
    ) -> Result<(), Counterexample> {
        if let Some(what) = self.model.broken(state) {
            return Err(self.counterexample(what, number, None));
        }
        if self.model.is_good_end(state) {
            self.good.push(number);
        }
        let mut found = std::mem::take(&mut self.found);
        self.model.moves(state, met.is_some(), &mut found);
        for step in found.drain(..) {
            self.steps += 1;
            if let Some(what) = self.model.broken_step(state, &step.to) {
                return Err(self.counterexample(what, number, Some(&step)));
            }
            if step.fault {
                if let Some(met) = met.as_mut() {
                    met.push((number, step.to));
                }
                continue;
            }
            let to = self.meet(number, step.to, open);
            self.calm.push((number, to));
        }
        self.found = found;
        Ok(())
    }

    /// Liveness: from every state a good end can be reached without one more fault. Since there are finitely many states, a
    /// system that does not for ever avoid a step that it could take ends well.
    fn backwards(&self) -> Option<Counterexample> {
        let states = self.parents.len();
        let mut first = vec![0_u32; states + 1];
        self.calm.iter().for_each(|(_, to)| first[index(*to) + 1] += 1);
        (0..states).for_each(|number| first[number + 1] += first[number]);
        let (mut places, mut sources) = (first.clone(), vec![0_u32; self.calm.len()]);
        for (from, to) in &self.calm {
            let place = &mut places[index(*to)];
            sources[index(*place)] = *from;
            *place += 1;
        }
        let mut ends_well = vec![false; states];
        let mut open = self.good.clone();
        self.good.iter().for_each(|number| ends_well[index(*number)] = true);
        while let Some(number) = open.pop() {
            for from in &sources[index(first[index(number)])..index(first[index(number) + 1])] {
                if !std::mem::replace(&mut ends_well[index(*from)], true) {
                    open.push(*from);
                }
            }
        }
        let stuck = ends_well.iter().position(|well| !well)?;
        let what = "liveness: no way to the good end without another fault";
        Some(self.counterexample(what, u32::try_from(stuck).unwrap(), None))
    }

    fn counterexample(&self, what: &'static str, state: u32, last: Option<&Move<M::State>>) -> Counterexample {
        let mut numbers = vec![state];
        while *numbers.last().unwrap() != 0 {
            numbers.push(self.parents[index(*numbers.last().unwrap())]);
        }
        let (mut state, mut found, mut path) = (self.model.start(), Vec::new(), Vec::new());
        for number in numbers.iter().rev().skip(1) {
            self.model.moves(&state, true, &mut found);
            let step = found.drain(..).find(|step| self.known.get(&print_of(&step.to)) == Some(number)).unwrap();
            path.push(shown(&step));
            state = step.to;
        }
        path.extend(last.map(shown));
        path.push(format!("{:?}", last.map_or(state, |step| step.to)));
        Counterexample { what, path }
    }
}

fn shown<S>(step: &Move<S>) -> String {
    let (who, version, what) = step.what;
    let version = if version > 0 { format!(" on version {version}") } else { String::new() };
    format!("{who}{version}: {what}{}", if step.fault { " (fault)" } else { "" })
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap()
}
