# SPDX-License-Identifier: Apache-2.0
#
#   make lib-rules      libonwardrules.a, in B/lib: language, clauses and index, for other programs
#   make install-rules  the archive, its headers and its file for pkg-config; PREFIX, DESTDIR

PREFIX ?= /usr/local
DESTDIR ?=
libdir ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
pkgconfigdir ?= $(libdir)/pkgconfig
mandir ?= $(PREFIX)/share/man
INSTALL ?= install

# Of the base all but what reads YAML, which would bring a library that rules do not need.
RULES_LIBRARY := $(B)/lib/libonwardrules.a
RULES_OBJECTS = $(call object,$(foreach m,cel rules index,$(call sources,$(m))) \
	$(filter-out %/yaml.c,$(call sources,base)))
# The headers that the front one reaches, so that none is forgotten and none is too much.
RULES_FRONT := rules/index/onwardrules.h
rules_headers = $(filter-out $(RULES_FRONT),$(filter %.h,$(shell $(CC) -std=c17 -D_GNU_SOURCE -I. -MM $(RULES_FRONT))))

.PHONY: lib-rules install-rules uninstall-rules
lib-rules: $(RULES_LIBRARY)
$(RULES_LIBRARY): $(RULES_OBJECTS)
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

install-rules: lib-rules
	@$(INSTALL) -d $(DESTDIR)$(libdir) $(DESTDIR)$(pkgconfigdir) $(DESTDIR)$(includedir)/onward
	@$(INSTALL) -m 644 $(RULES_LIBRARY) $(DESTDIR)$(libdir)
	@$(foreach h,$(rules_headers),$(INSTALL) -D -m 644 $(h) $(DESTDIR)$(includedir)/onward/$(h);)
	@$(INSTALL) -m 644 $(RULES_FRONT) $(DESTDIR)$(includedir)/onwardrules.h
	@sed 's|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|; s|@version@|$(VERSION)|' \
		rules/onwardrules.pc.in >$(DESTDIR)$(pkgconfigdir)/onwardrules.pc
	@chmod 644 $(DESTDIR)$(pkgconfigdir)/onwardrules.pc
	@$(INSTALL) -D -m 644 rules/libonwardrules.3 $(DESTDIR)$(mandir)/man3/libonwardrules.3
uninstall-rules:
	@rm -f $(DESTDIR)$(libdir)/libonwardrules.a $(DESTDIR)$(pkgconfigdir)/onwardrules.pc
	@rm -f $(DESTDIR)$(includedir)/onwardrules.h $(DESTDIR)$(mandir)/man3/libonwardrules.3
	@rm -rf $(DESTDIR)$(includedir)/onward
