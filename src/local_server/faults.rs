//! The faults that are switched on.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::oauth::fault::{Armed, Fault};

#[derive(Debug, Default)]
pub struct Faults(Mutex<BTreeMap<Fault, Armed>>);

impl Faults {
    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<Fault, Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn arm(&self, fault: Fault, armed: Armed) {
        self.all().insert(fault, armed);
    }

    pub fn armed(&self) -> Vec<(Fault, Armed)> {
        let all = self.all();
        let one = |fault: &Fault| (*fault, all.get(fault).copied().unwrap_or_default());
        Fault::ALL.iter().map(one).collect()
    }

    /// Whether the fault strikes now. A fault that is armed once is off afterwards.
    pub fn strikes(&self, fault: Fault) -> bool {
        let mut all = self.all();
        match all.get(&fault).copied().unwrap_or_default() {
            Armed::Off => false,
            Armed::Once => {
                all.remove(&fault);
                true
            }
            Armed::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_is_once_and_always_is_always() {
        let faults = Faults::default();
        assert!(!faults.strikes(Fault::Slow));
        faults.arm(Fault::Slow, Armed::Once);
        faults.arm(Fault::Unavailable, Armed::Always);
        assert!(faults.strikes(Fault::Slow));
        assert!(!faults.strikes(Fault::Slow));
        assert!(faults.strikes(Fault::Unavailable));
        assert!(faults.strikes(Fault::Unavailable));
        let on = faults
            .armed()
            .into_iter()
            .filter(|(_, armed)| *armed != Armed::Off);
        assert_eq!(on.count(), 1);
    }
}
