/** Tests of what a run keeps. */
@NullMarked
package io.millrace.job.run;

import org.jspecify.annotations.NullMarked;
