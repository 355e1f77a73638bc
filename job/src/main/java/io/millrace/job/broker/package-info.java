/** A Kafka broker in this process, and topics that are ready when they are said to be. */
@NullMarked
package io.millrace.job.broker;

import org.jspecify.annotations.NullMarked;
