@NullMarked
package io.millrace.job.command;

import org.jspecify.annotations.NullMarked;
