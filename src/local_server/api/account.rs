//! The organization as an account, its developers as extensions, and the calling app.

use axum::http::Uri;
use serde_json::{Value, json};

use super::{Call, empty_page::page_of, not_found};
use crate::{
    domain::{
        id::DeveloperId,
        number::NumericId,
        people::developer::{MemberState, given_and_family},
    },
    local_server::answer::Refusal,
    store::Person,
};

/// The path must name the one account, which is the organization.
fn account_of(call: &Call<'_>) -> Result<NumericId, Refusal> {
    let account = call.shared.cache().workspace.account_id()?;
    if account.is_named(call.parameters.get("accountId")) {
        Ok(account)
    } else {
        Err(not_found("accountId"))
    }
}

/// The developer in the path: the user, or another one of the organization.
fn extension_of(call: &Call<'_>) -> Result<(DeveloperId, NumericId), Refusal> {
    let asked = call.parameters.get("extensionId");
    let own = NumericId::of_developer(&call.bearer.owner);
    if own.is_named(asked) {
        return Ok((call.bearer.owner.clone(), own));
    }
    let number = NumericId::parse(asked).ok_or_else(|| not_found("extensionId"))?;
    let found = call.shared.cache().workspace.developer_with(number)?;
    found
        .map(|developer| (developer, number))
        .ok_or_else(|| not_found("extensionId"))
}

pub(super) fn account(call: &Call<'_>) -> Result<Value, Refusal> {
    let account = account_of(call)?;
    Ok(json!({
        "uri": format!("{}/restapi/v1.0/account/{account}", call.base),
        "id": account,
        "status": "Confirmed",
    }))
}

pub(super) fn extension(call: &Call<'_>) -> Result<Value, Refusal> {
    let account = account_of(call)?;
    let (developer, number) = extension_of(call)?;
    let person = call.shared.cache().workspace.person(&developer)?;
    let person = person.ok_or_else(|| not_found("extensionId"))?;
    Ok(about(call, account, number, &person))
}

fn about(call: &Call<'_>, account: NumericId, number: NumericId, person: &Person) -> Value {
    let (given, family) = given_and_family(&person.full_name);
    json!({
        "uri": format!("{}/restapi/v1.0/account/{account}/extension/{number}", call.base),
        "id": number,
        "name": person.full_name,
        "type": "User",
        "status": if person.is_active { "Enabled" } else { "Disabled" },
        "contact": {
            "firstName": given,
            "lastName": family,
            "email": person.email,
        },
    })
}

/// The developers of the organization, a page at a time.
pub(super) fn extensions(call: &Call<'_>, uri: &Uri) -> Result<Value, Refusal> {
    let account = account_of(call)?;
    let developers = call.shared.cache().workspace.developers()?;
    let all = developers.iter().map(|one| {
        let person = Person {
            full_name: one.full_name.clone(),
            email: one.email.as_str().to_owned(),
            is_active: one.state == MemberState::Active,
        };
        about(call, account, NumericId::of_developer(&one.id), &person)
    });
    let address = format!("{}/restapi/v1.0/account/{account}/extension", call.base);
    Ok(page_of(all.collect(), &address, uri.query()))
}

/// Refuses another account than the organization, and an extension without a developer.
pub(super) fn must_exist(call: &Call<'_>) -> Result<(), Refusal> {
    if !call.parameters.get("accountId").is_empty() {
        account_of(call)?;
    }
    if !call.parameters.get("extensionId").is_empty() {
        extension_of(call)?;
    }
    Ok(())
}

/// The registration of the calling app. The format is ours: no source shows RingCentral's.
pub(super) fn client_info(call: &Call<'_>) -> Value {
    let spec = &call.app.spec;
    json!({
        "client": {
            "id": call.bearer.client.as_str(),
            "name": spec.properties.name,
            "type": spec.app_type().label(),
            "authFlow": spec.auth_label(),
            "access": spec.access.label(),
            "status": call.app.status.label(),
            "scope": call.bearer.scope,
        },
    })
}
