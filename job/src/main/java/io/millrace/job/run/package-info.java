/** One training run in this process: its directory, its cluster, its progress and its summary. */
@NullMarked
package io.millrace.job.run;

import org.jspecify.annotations.NullMarked;
