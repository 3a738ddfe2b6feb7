//! One room and its listeners, without `tracing` and without the room of the process.

use std::future::poll_fn;

use super::*;

async fn next(lines: &mut Lines) -> String {
    let line = poll_fn(|cx| lines.poll_piece(cx)).await.unwrap().unwrap();
    String::from_utf8(line.to_vec()).unwrap()
}

#[test]
fn a_room_hears_what_its_most_curious_listener_wants() {
    let room = Room::new(LogLevel::Info);
    assert!(room.hears(LogLevel::Info) && !room.hears(LogLevel::Debug));
    let curious = listen(LogLevel::Trace, false);
    room.listeners.lock().push(Arc::clone(&curious.listener));
    room.listen_anew();
    assert!(room.hears(LogLevel::Trace) && !room.writes(LogLevel::Debug));
    room.listeners.lock().clear();
    room.listen_anew();
    assert!(!room.hears(LogLevel::Debug));
}

#[tokio::test]
async fn a_slow_listener_loses_lines_and_is_told_how_many() {
    let mut lines = listen(LogLevel::Info, false);
    for number in 0..LOG_MONITOR_LINES + 3 {
        lines.listener.hear(&format!("line {number}"));
    }
    let told = next(&mut lines).await;
    assert!(told.contains("[WARN]  agent.monitor: 3 lines of the log are lost here"), "{told}");
    assert_eq!(next(&mut lines).await, "line 0\n");
    lines.listener.hear("again there is room");
    for _ in 1..LOG_MONITOR_LINES {
        next(&mut lines).await;
    }
    assert_eq!(next(&mut lines).await, "again there is room\n");
}
