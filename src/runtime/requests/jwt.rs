//! JWT credentials.

use crate::{
    domain::{
        history::Reading,
        id::JwtId,
        oauth::jwt::{FoundApps, JwtCredential},
        problem::Problem,
        secret::Secret,
    },
    request::{CreateJwt, FindJwtApps, LoadJwts, Perform, RevealJwt, RevokeJwt, SetJwtApps},
    runtime::worker::Worker,
};

impl Perform<LoadJwts> for Worker {
    fn perform(&mut self, _: &LoadJwts) -> Result<Vec<JwtCredential>, Problem> {
        Ok(self.workspace.jwt_credentials()?)
    }
}

impl Perform<FindJwtApps> for Worker {
    fn perform(&mut self, request: &FindJwtApps) -> Result<FoundApps, Problem> {
        Ok(self
            .workspace
            .apps_for_jwt(&request.query, &request.unnamed)?)
    }
}

impl Perform<CreateJwt> for Worker {
    fn perform(&mut self, request: &CreateJwt) -> Result<JwtId, Problem> {
        let made = self
            .workspace
            .create_jwt(&request.owner, &request.new, self.now)?;
        Ok(made.id)
    }
}

impl Perform<SetJwtApps> for Worker {
    fn perform(&mut self, request: &SetJwtApps) -> Result<(), Problem> {
        self.workspace
            .set_jwt_apps(&request.jwt, &request.apps, self.now)?;
        Ok(())
    }
}

impl Perform<RevokeJwt> for Worker {
    fn perform(&mut self, request: &RevokeJwt) -> Result<(), Problem> {
        Ok(self.workspace.revoke_jwt(&request.jwt, self.now)?)
    }
}

impl Perform<RevealJwt> for Worker {
    fn perform(&mut self, request: &RevealJwt) -> Result<Secret, Problem> {
        let token = self.workspace.jwt_token(&request.jwt)?;
        self.workspace
            .record_jwt_reading(&request.jwt, Reading::Revealed, self.now)?;
        Ok(token)
    }
}
