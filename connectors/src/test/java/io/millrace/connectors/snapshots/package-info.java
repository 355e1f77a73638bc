@NullMarked
package io.millrace.connectors.snapshots;

import org.jspecify.annotations.NullMarked;
