//! What the administrators' API takes and gives.

mod access;
mod apps;
mod described;
mod parties;
mod people;
mod rules;
mod standing;
mod targets;
mod versions;

pub use access::{
    AdministratorSummary, ChangePassword, CreateAdministrator, CreateToken, MadeToken, PatchAdministrator,
    SessionAnswer, SetUp, SignIn, TokenSummary,
};
pub use apps::{AppSummary, CreateApp, ReleaseBrake, Released, RotateToken, SetApp, SetBrake};
pub(crate) use described::{Address, Label};
pub use parties::{
    ClientSummary, CreateClient, CredentialSummary, NewClient, PutCredential, PutSchema, ResourceTypeName,
    SchemaSummary,
};
pub use people::{
    Anonymise, Anonymised, FailurePage, FailuresOf, PeoplePage, Person, PersonState, SeenLine, SeenPage,
};
pub use rules::{PolicyDetail, TriedUser, TryPolicy};
pub use standing::{AppStatus, ChangeLevels, LevelsNow, Status, SurveyLine, TargetLine, WhyLine, WhyUser};
pub use targets::{NoSecrets, PutTarget, TargetSummary, TargetTested, TestTarget};
pub use versions::{
    ActivatePolicy, AskAgain, DeployPolicy, PolicyVersion, PreviewLine, SetCanary, SetShadow, ShadowReport,
};
