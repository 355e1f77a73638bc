/** A frozen range of the image topic, read in epochs in an order that is a pure function. */
@NullMarked
package io.millrace.connectors.replay;

import org.jspecify.annotations.NullMarked;
