//! The processors, from the text of `/proc/cpuinfo`.

use std::fs;

use proconsul_types::host::Processor;

/// All that run programs.
pub(super) fn all(text: &str) -> Vec<Processor> {
    text.split("\n\n").filter_map(one).collect()
}

fn one(text: &str) -> Option<Processor> {
    let rows: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim())).collect();
    let get = |name: &str| rows.iter().find(|(row, _)| *row == name).map(|(_, value)| *value);
    let text = |name: &str| get(name).unwrap_or_default().to_owned();
    let number = |name: &str| get(name).and_then(|value| value.parse().ok()).unwrap_or_default();
    let cpu: i32 = get("processor")?.parse().ok()?;
    let cache = get("cache size").and_then(|size| size.split_whitespace().next()?.parse().ok());
    Some(Processor {
        cpu,
        vendor_id: text("vendor_id"),
        family: text("cpu family"),
        model: text("model"),
        stepping: number("stepping"),
        physical_id: text("physical id"),
        core_id: text("core id"),
        cores: 1,
        model_name: text("model name"),
        mhz: fastest(cpu).or_else(|| get("cpu MHz")?.parse().ok()).unwrap_or_default(),
        cache_size: cache.unwrap_or_default(),
        flags: get("flags").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        microcode: text("microcode"),
    })
}

/// The highest frequency it may have, where it may have several.
fn fastest(cpu: i32) -> Option<f64> {
    let path = format!("/sys/devices/system/cpu/cpu{cpu}/cpufreq/cpuinfo_max_freq");
    let kilohertz: f64 = fs::read_to_string(path).ok()?.trim().parse().ok()?;
    Some(kilohertz / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_processor_is_told_with_what_it_can() {
        let text = "processor\t: 40000\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 207\nmodel name\t: Xeon\nstepping\t: 2\n\
                    cpu MHz\t\t: 2299.998\ncache size\t: 266240 KB\nphysical id\t: 0\ncore id\t\t: 1\nflags\t\t: fpu vme\n\n\
                    processor\t: 40001\nmodel name\t: Xeon\n\n";
        let all = all(text);
        assert_eq!(all.len(), 2);
        let first = &all[0];
        assert_eq!((first.cpu, first.mhz, first.cache_size, first.cores), (40_000, 2299.998, 266_240, 1));
        assert_eq!(
            (&*first.family, &*first.core_id, &first.flags[..]),
            ("6", "1", &["fpu".to_owned(), "vme".to_owned()][..])
        );
    }
}
