/** Publishing of encoders: staged by the writer, renamed and announced by the committer. */
@NullMarked
package io.millrace.connectors.snapshots;

import org.jspecify.annotations.NullMarked;
