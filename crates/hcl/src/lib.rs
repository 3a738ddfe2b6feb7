//! The language of configuration and rules: HCL1 and JSON, read with positions.
