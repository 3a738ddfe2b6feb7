//! From where checks that run programs are taken, and how much of an output is kept.

use super::Resolver;
use crate::config::{CheckSettings, Invalid};
use crate::local::Scripts;

/// How much of an output is kept unless it is said, in bytes: Consul's `DefaultBufSize`.
const OUTPUT_BYTES: i64 = 4096;

impl Resolver<'_> {
    pub(super) fn checks(&mut self) -> CheckSettings {
        let from_anywhere = self.settings.boolean("enable_script_checks").unwrap_or(false);
        let from_files = self.settings.boolean("enable_local_script_checks").unwrap_or(false);
        if from_anywhere && self.settings.texts("http_config.allow_write_http_from").is_empty() {
            self.warnings.push(
                "using enable-script-checks without ACLs and without allow_write_http_from is DANGEROUS, use \
                 enable-local-script-checks instead, see \
                 https://www.hashicorp.com/blog/protecting-consul-from-rce-risk-in-specific-configurations/"
                    .to_owned(),
            );
        }
        let scripts = Scripts { from_files: from_files || from_anywhere, from_anywhere };
        CheckSettings { scripts, output_bytes_max: self.output_bytes_max() }
    }

    fn output_bytes_max(&mut self) -> usize {
        let asked = self.settings.integer("check_output_max_size").unwrap_or(OUTPUT_BYTES);
        match usize::try_from(asked) {
            Ok(most @ 1..) => most,
            _ => {
                self.refuse_whole(Invalid::CheckOutput);
                0
            }
        }
    }
}
