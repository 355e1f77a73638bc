/** A topic's history in epochs, then the same topic as it goes on. */
@NullMarked
package io.millrace.connectors.hybrid;

import org.jspecify.annotations.NullMarked;
