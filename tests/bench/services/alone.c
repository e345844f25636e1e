/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/core/plan.h"
#include "directory/image.h"
#include "directory/stamp.h"
#include "tests/bench/services/invent.h"
#include "tests/bench/services/services.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static double peak_mib(void)
{
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

/* What is resident and no file's. */
static double resident_mib(void)
{
	(void)malloc_trim(0);
	const struct broker self = {.pid = getpid()};
	return (double)broker_rss_anon(&self) / (1024 * 1024);
}

static struct directory *load(const struct directory_files *files)
{
	struct directory *directory = NULL;
	struct directory_problems problems;
	const enum err err = directory_load(files, plan_rulebook(), &directory, &problems);
	if (err != ERR_OK) {
		bench_fail("the invented services do not load: %zu problems, %.*s: %.*s",
			problems.count,
			STR_ARG(problems.kept > 0 ? problems.items[0].file : STR("")),
			STR_ARG(problems.kept > 0 ? problems.items[0].message : STR("")));
	}
	directory_problems_finish(&problems);
	return directory;
}

static void from_files(const char *root, const char *image_path)
{
	struct directory_files files;
	struct directory *again = NULL;
	struct plan *plan = NULL;
	struct fault fault = {0};
	struct buf image = {0};
	uint64_t begin = bench_now_ns();
	double processor = processor_now();
	bench_check(directory_files_read(root, &files, &fault), &fault, "reading the files");
	figure_took("files read", "", took_since(begin, processor));
	struct directory *directory = load(&files);
	figure_took("files read, loaded and checked", "15 s", took_since(begin, processor));
	figure("memory then: at most, of it the files' texts", "", "%.0f MiB, %.0f MiB", peak_mib(),
		(double)files.arena.used_total / (1024 * 1024));
	begin = bench_now_ns();
	processor = processor_now();
	directory_image_write(directory, &image);
	bench_check(image.failed ? ERR_NOMEM : ERR_OK, NULL, "writing the binary form");
	figure_took("binary form written", "", took_since(begin, processor));
	figure("binary form", "", "%.1f MiB", (double)image.len / (1024 * 1024));
	begin = bench_now_ns();
	processor = processor_now();
	bench_check(plan_create(directory, 1, &plan, &fault), &fault, "making the plan");
	figure_took("made ready for matching", "", took_since(begin, processor));
	bench_check(buf_write_file(buf_str(&image), image_path, 0600), NULL, image_path);
	directory_files_finish(&files);
	bench_check(directory_image_read(buf_str(&image), &again, &fault), &fault, "reading back");
	directory_destroy(again);
	buf_finish(&image);
	plan_destroy(plan);
}

static void from_image(const char *root, const char *image_path)
{
	struct buf image = {0};
	struct directory *directory = NULL;
	struct plan *plan = NULL;
	struct fault fault = {0};
	struct directory_stamp stamp;
	uint64_t begin = bench_now_ns();
	double processor = processor_now();
	bench_check(buf_read_file(&image, image_path, 1U << 30), NULL, image_path);
	bench_check(directory_image_read(buf_str(&image), &directory, &fault), &fault,
		"reading the binary form");
	buf_finish(&image);
	figure_took("binary form read", "", took_since(begin, processor));
	bench_check(plan_create(directory, 1, &plan, &fault), &fault, "making the plan");
	figure_took(
		"binary form read, made ready for matching", "1 s", took_since(begin, processor));
	figure("memory of that: then, at most", "200 MiB", "%.0f MiB, %.0f MiB", resident_mib(),
		peak_mib());
	begin = bench_now_ns();
	processor = processor_now();
	bench_check(directory_files_stamp(root, &stamp, &fault), &fault, "stamping the files");
	figure_took("files known again, unread", "", took_since(begin, processor));
	plan_destroy(plan);
}

static void in_child(const struct services_bench *bench,
	void (*measure)(const char *root, const char *image_path))
{
	char root[HOME_PATH_SIZE];
	char image[HOME_PATH_SIZE];
	int status = 0;
	(void)snprintf(root, sizeof(root), "%s/directory", bench->bench.folder);
	(void)snprintf(image, sizeof(image), "%s/image", bench->bench.folder);
	(void)fflush(stdout);
	const pid_t pid = fork();
	if (pid == 0) {
		measure(root, image);
		(void)fflush(stdout);
		_exit(0);
	}
	while (pid < 0 || (waitpid(pid, &status, 0) < 0 && errno == EINTR)) {
		if (pid < 0) {
			bench_fail("cannot start a process: %s", strerror(errno));
		}
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		bench_fail("a measurement ended badly");
	}
}

static void invent(const struct services_bench *bench)
{
	char root[HOME_PATH_SIZE];
	(void)snprintf(root, sizeof(root), "%s/directory", bench->bench.folder);
	if (mkdir(root, 0755) != 0) {
		bench_fail("cannot make %s", root);
	}
	invent_write(0, bench->services, root);
}

void services_alone(const struct services_bench *bench)
{
	invent(bench);
	in_child(bench, from_files);
	in_child(bench, from_image);
}
