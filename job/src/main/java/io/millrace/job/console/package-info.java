/** What a person sees while a command runs. */
@NullMarked
package io.millrace.job.console;

import org.jspecify.annotations.NullMarked;
