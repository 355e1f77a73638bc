@NullMarked
package io.millrace.connectors.kafka;

import org.jspecify.annotations.NullMarked;
