/** Every setting of the job: its option, its values, its sources, and the records made of them. */
@NullMarked
package io.millrace.job.settings;

import org.jspecify.annotations.NullMarked;
