package io.millrace.connectors.replay;

/** Which window a reader may hand over; set by the task's thread, awaited by the fetching one. */
final class Turns {

    private long turn = -1;
    private boolean woken;

    /** Lets the reader hand over this window, all before having been emitted. */
    synchronized void grant(long window) {
        turn = Math.max(turn, window);
        notifyAll();
    }

    /** Waits for a window's turn; false if somebody wanted the wait to end. */
    synchronized boolean await(long window) throws InterruptedException {
        while (turn < window && !woken) {
            wait();
        }
        woken = false;
        return turn >= window;
    }

    /** Ends a wait, or the next one if there is none now. */
    synchronized void wakeUp() {
        woken = true;
        notifyAll();
    }
}
