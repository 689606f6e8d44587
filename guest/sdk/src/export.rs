//! The macro that makes a component of a policy.

/// Exports a [`Policy`](crate::Policy) as `tidegate:policy/provisioner`.
///
/// Write it once, at the root of a crate of type `cdylib`. Which world the component
/// belongs to follows from what the policy calls: without imports it is `pure-policy`.
/// `decide` before a successful `configure` is a fault of the host and panics.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        // Natively there is nothing to export, and linkers refuse the canonical ABI's names.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() -> $crate::types::Description = <$policy as $crate::Policy>::describe;

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            std::thread_local! {
                static CONFIGURED: std::cell::RefCell<Option<$policy>> = const { std::cell::RefCell::new(None) };
            }

            struct Component;

            impl $crate::__generated::exports::tidegate::policy::provisioner::Guest for Component {
                fn describe() -> $crate::types::Description {
                    <$policy as $crate::Policy>::describe()
                }

                fn configure(settings: String) -> Result<(), Vec<$crate::types::Problem>> {
                    let policy = <$policy as $crate::Policy>::configure(&settings)?;
                    CONFIGURED.with_borrow_mut(|configured| *configured = Some(policy));
                    Ok(())
                }

                fn decide(
                    request: $crate::types::Request,
                ) -> Result<$crate::types::Plan, $crate::types::Rejection> {
                    CONFIGURED.with_borrow(|configured| match configured {
                        Some(policy) => $crate::Policy::decide(policy, &request),
                        None => panic!("decide was called before configure had succeeded"),
                    })
                }
            }

            $crate::__generated::__export_component!(Component with_types_in $crate::__generated);
        };
    };
}
