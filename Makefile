# A first Makefile: the base floor and its tests.
CC ?= gcc
BUILD ?= build
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wformat=2 -Wswitch-enum -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wundef -Werror
SRC = $(wildcard src/*/*.c)
OBJ = $(SRC:%.c=$(BUILD)/%.o)

all: $(OBJ)
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -Isrc $(CFLAGS) $(WARN) -MMD -MP -c -o $@ $<
-include $(OBJ:.o=.d)
.PHONY: all
