//! Collects the parts of a control sequence from the parser.

use vtparse::{CsiParam, VTActor};

use crate::runtime::input::sequence::{self, Family, Meaning};

#[derive(Default)]
pub(super) struct Sequence(Option<(Vec<CsiParam>, bool, u8)>);

impl Sequence {
    pub(super) fn meaning(self, last: Option<u8>, family: Family) -> Meaning {
        match self.0 {
            Some((parameters, false, found)) => {
                sequence::csi(&parameters, last.unwrap_or(found), family)
            }
            // More parameters than any key has, or in an order that the standard forbids.
            Some((_, true, _)) | None => Meaning::Dropped("an unknown sequence"),
        }
    }
}

impl VTActor for Sequence {
    fn csi_dispatch(&mut self, parameters: &[CsiParam], truncated: bool, last: u8) {
        self.0 = Some((parameters.to_vec(), truncated, last));
    }

    // The parser is given nothing else.
    fn print(&mut self, _: char) {}
    fn execute_c0_or_c1(&mut self, _: u8) {}
    fn dcs_hook(&mut self, _: u8, _: &[i64], _: &[u8], _: bool) {}
    fn dcs_put(&mut self, _: u8) {}
    fn dcs_unhook(&mut self) {}
    fn esc_dispatch(&mut self, _: &[i64], _: &[u8], _: bool, _: u8) {}
    fn osc_dispatch(&mut self, _: &[&[u8]]) {}
    fn apc_dispatch(&mut self, _: Vec<u8>) {}
}
