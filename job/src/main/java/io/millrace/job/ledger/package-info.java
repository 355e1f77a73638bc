/** What became of every record that a run has read. */
@NullMarked
package io.millrace.job.ledger;

import org.jspecify.annotations.NullMarked;
