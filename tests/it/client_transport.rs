//! How a request reaches the local server, before anything in it is judged: targets, slashes,
//! bodies.

use devconsole::platform::Profile;

use crate::harness::local_server::Office;

#[test]
fn an_absolute_target_must_name_this_server_whatever_its_slashes() {
    let office = Office::new();
    let server = office.serve(Profile::RingCentral);
    for (target, status) in [
        ("//restapi/v1.0", 200),
        ("http://127.0.0.1:8228/restapi/v1.0", 200),
        ("http://127.0.0.1:8228//restapi/v1.0", 200),
        ("http://evil.example:8228/restapi/v1.0", 421),
        ("http://evil.example:8228//restapi/v1.0", 421),
        ("http://127.0.0.1:8229//restapi/v1.0", 421),
    ] {
        assert_eq!(server.get(target).status, status, "{target}");
    }
}
