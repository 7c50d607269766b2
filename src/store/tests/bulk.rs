//! Operations on several apps, favorites and the remembered view.

use super::{NOW, Rig, apps::create, later};
use crate::{
    domain::{
        app::{
            AppStatus,
            list::{Bulk, Column, ListView, Sort},
        },
        id::AppId,
    },
    store::{HistoryQuery, StoreError},
};

fn three(rig: &mut Rig) -> Vec<AppId> {
    ["One", "Two", "Three"]
        .map(|name| create(rig, name).id)
        .to_vec()
}

#[test]
fn what_may_not_be_changed_is_left_and_named_and_the_rest_is_done() {
    let mut rig = Rig::new();
    let mut ids = three(&mut rig);
    rig.workspace.delete_app(&ids[1], NOW).unwrap();
    ids.push(AppId::from_stored("nobody"));
    let done = rig.workspace.bulk(&ids, &Bulk::Suspend, later(1)).unwrap();
    assert_eq!(done.done, [ids[0].clone(), ids[2].clone()]);
    let left: Vec<&str> = done.left.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(left, ["Two", "a deleted app"]);
    assert!(done.left[0].reason.contains("in the trash"), "{done:?}");
    for id in [&ids[0], &ids[2]] {
        let app = rig.workspace.app(id).unwrap();
        assert_eq!(app.status, AppStatus::Suspended);
    }
    let restored = rig.workspace.bulk(&ids, &Bulk::Restore, later(2)).unwrap();
    assert_eq!(restored.done.len(), 3);
    assert_eq!(rig.workspace.check_history().unwrap(), None);
}

#[test]
fn tags_are_set_added_and_taken_off_and_told_by_the_history() {
    let mut rig = Rig::new();
    let ids = three(&mut rig);
    let tags = |tags: &[&str]| tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>();
    let set = Bulk::SetTags(tags(&["b", "a"]));
    rig.workspace.bulk(&ids[..2], &set, NOW).unwrap();
    let change = Bulk::ChangeTags {
        add: tags(&["new"]),
        remove: tags(&["a", "unknown"]),
    };
    rig.workspace.bulk(&ids, &change, later(1)).unwrap();
    assert_eq!(rig.workspace.app(&ids[0]).unwrap().tags, ["b", "new"]);
    assert_eq!(rig.workspace.app(&ids[2]).unwrap().tags, ["new"]);
    assert_eq!(rig.workspace.tags().unwrap(), ["b", "new"]);

    let before = rig.workspace.app(&ids[0]).unwrap().version;
    let query = HistoryQuery {
        app: Some(ids[0].clone()),
        limit: 10,
        ..HistoryQuery::default()
    };
    let told = rig.workspace.history(&query).unwrap().entries;
    assert_eq!(told[0].changes[0].before.as_deref(), Some("a b"));
    assert_eq!(told[0].changes[0].after.as_deref(), Some("b new"));
    // The same operation again changes and reports nothing.
    rig.workspace.bulk(&ids, &change, later(2)).unwrap();
    let again = rig.workspace.history(&query).unwrap();
    assert_eq!(again.total, told.len() as u64);
    assert_eq!(rig.workspace.app(&ids[0]).unwrap().version, before);

    let many = Bulk::SetTags((0..21).map(|nth| format!("t{nth}")).collect());
    let refused = rig.workspace.bulk(&ids, &many, later(3)).unwrap();
    assert!(refused.done.is_empty() && refused.left[0].reason.contains("20 tags"));
}

#[test]
fn the_view_and_the_favourites_are_one_developers_own() {
    let mut rig = Rig::new();
    let ids = three(&mut rig);
    assert_eq!(rig.workspace.list_view().unwrap(), ListView::default());
    let view = ListView {
        sort: Sort {
            column: Column::Created,
            reversed: true,
        },
        filter: "type:rest".to_owned(),
    };
    rig.workspace.keep_list_view(&view).unwrap();
    rig.workspace.keep_list_view(&view).unwrap();
    assert_eq!(rig.workspace.list_view().unwrap(), view);
    rig.workspace.set_favourite(&ids[0], true).unwrap();
    rig.workspace.set_favourite(&ids[0], true).unwrap();
    rig.workspace.set_favourite(&ids[0], false).unwrap();
    rig.workspace
        .db
        .execute("UPDATE views SET view = 'nonsense'", [])
        .unwrap();
    assert_eq!(rig.workspace.list_view().unwrap(), ListView::default());
    rig.workspace.lock();
    assert!(matches!(
        rig.workspace.list_view(),
        Err(StoreError::VaultLocked)
    ));
}
