/** The endless (or bounded) image topic as it arrives. */
@NullMarked
package io.millrace.connectors.live;

import org.jspecify.annotations.NullMarked;
