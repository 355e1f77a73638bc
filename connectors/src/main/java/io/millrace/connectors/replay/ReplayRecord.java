package io.millrace.connectors.replay;

import io.millrace.model.stream.Frame;

/**
 * What is emitted next, a record or the end of its window.
 *
 * @param frame its sequence is its window's number
 * @param place in its window, slots without a record counted
 */
record ReplayRecord(Frame frame, int place) {}
