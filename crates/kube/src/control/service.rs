//! Gives cluster-IP services their address.

use serde_json::json;

use crate::control::Control;
use crate::events::Happening;
use crate::kind::Kind;
use crate::machine::Machine;
use crate::object::{Fields, Key};
use crate::store::StoreError;

pub(super) fn sync<M: Machine>(control: &Control<M>) -> Result<(), StoreError> {
    for service in control.store.list(Kind::Service, None) {
        let has_address = !service.text("/spec/clusterIP").is_empty() || service.text("/spec/type") == "ExternalName";
        let Some(key) = Key::of(&service).filter(|_| !has_address) else { continue };
        match control.machine.allocate_address() {
            Ok(address) => {
                control.store.modify(&key, |service| {
                    service["spec"]["clusterIP"] = address.to_string().into();
                    service["spec"]["clusterIPs"] = json!([address.to_string()]);
                })?;
            }
            Err(error) => {
                let happening = Happening::warning("IpAddressAllocationFailed", error.to_string());
                control.recorder("service-controller").record(&service, &happening);
            }
        }
    }
    Ok(())
}
