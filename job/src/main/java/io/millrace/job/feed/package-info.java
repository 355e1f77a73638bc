/** An endless labelled image stream that needs no data: drawn, not recorded. */
@NullMarked
package io.millrace.job.feed;

import org.jspecify.annotations.NullMarked;
