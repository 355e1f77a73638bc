/** How fast the parts and the whole are, in one run, beside what a user would run instead. */
@NullMarked
package io.millrace.job.bench;

import org.jspecify.annotations.NullMarked;
