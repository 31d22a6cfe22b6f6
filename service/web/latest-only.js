/**
 * A trigger that runs `task` one at a time: triggers during a run fold into a single further run, so that what is
 * shown is never more than one round trip behind what was drawn, and the server never sees a backlog.
 */
export function latestOnly(task) {
  let wanted = false;
  let running = false;
  return async () => {
    wanted = true;
    if (running) return;
    running = true;
    try {
      while (wanted) {
        wanted = false;
        await task();
      }
    } finally {
      running = false;
    }
  };
}
