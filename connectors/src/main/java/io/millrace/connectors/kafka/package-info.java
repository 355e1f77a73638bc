/** Connections, topics, and records as the brokers hold them; sinks to topics. */
@NullMarked
package io.millrace.connectors.kafka;

import org.jspecify.annotations.NullMarked;
