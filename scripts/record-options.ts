/**
 * Names of mount options of the kernel's own file systems, see mount(8), nfs(5), mount.cifs(8) and `show_options` of each in
 * the kernel source. A kernel with patches of its owner's may show others, and a FUSE daemon whatever it likes.
 */
const NAMES = new Set(`
  ro rw sync async dirsync mand lazytime relatime noatime nodiratime nosuid nodev noexec defaults seclabel context fscontext defcontext
  acl noacl posixacl user_xattr nouser_xattr xattr discard nodiscard barrier nobarrier data errors commit stripe delalloc nodelalloc nobh
  auto_da_alloc noauto_da_alloc journal_checksum nojournal_checksum journal_async_commit journal_ioprio dioread_lock dioread_nolock
  bsddf minixdf grpid nogrpid bsdgroups sysvgroups resuid resgid quota noquota usrquota grpquota prjquota jqfmt usrjquota grpjquota
  i_version init_itable noinit_itable inode_readahead_blks max_batch_time min_batch_time max_dir_size_kb block_validity noblock_validity
  prefetch_block_bitmaps no_prefetch_block_bitmaps mb_optimize_scan noload norecovery test_dummy_encryption inlinecrypt dax debug
  orlov oldalloc emergency_ro shutdown sb abort
  attr2 noattr2 inode32 inode64 ikeep noikeep largeio nolargeio allocsize logbufs logbsize logdev rtdev noalign nouuid swalloc wsync
  filestreams sunit swidth uquota gquota pquota uqnoenforce gqnoenforce pqnoenforce lifetime max_atomic_write
  ssd nossd ssd_spread datacow nodatacow datasum nodatasum autodefrag noautodefrag compress compress-force degraded flushoncommit
  noflushoncommit treelog notreelog enospc_debug skip_balance space_cache nospace_cache clear_cache metadata_ratio rescue thread_pool
  fatal_errors max_inline subvol subvolid user_subvol_rm_allowed
  background_gc active_logs alloc_mode fsync_mode gc_merge nogc_merge checkpoint_merge extent_cache flush_merge inline_data inline_dentry
  inline_xattr mode
  lowerdir upperdir workdir redirect_dir index metacopy nfs_export xino volatile userxattr verity uuid default_permissions
  allow_other user_id group_id blksize max_read fd pgrp timeout minproto maxproto direct
  size nr_blocks nr_inodes huge mpol noswap uid gid umask dmask fmask gmode ptmxmode newinstance max hidepid subset pagesize min_size
  cpu cpuacct cpuset memory devices freezer net_cls net_prio blkio hugetlb perf_event pids rdma misc dmem nsdelegate favordynmods
  memory_recursiveprot memory_localevents memory_hugetlb_accounting pids_localevents clone_children noprefix name release_agent none
  vers nfsvers minorversion rsize wsize bsize namlen acregmin acregmax acdirmin acdirmax actimeo hard soft softerr softreval intr nointr
  proto port timeo retrans retry sec mountaddr mountvers mountport mountproto clientaddr addr local_lock lookupcache fsc nolock lock
  nlm noac ac cto nocto rdirplus nordirplus sharecache nosharecache resvport noresvport nconnect max_connect write migration nomigration
  xprtsec trunkdiscovery notrunkdiscovery posix noposix udp tcp rdma
  username user domain password pass credentials cache multichannel nomultichannel unix nounix serverino noserverino mapposix mapchars
  perm noperm forceuid noforceuid forcegid noforcegid file_mode dir_mode strictcache nostrictsync nobrl brl sfu mfsymlinks persistenthandles
  resilienthandles handletimeout echo_interval closetimeo seal sign srcaddr unc ip iocharset rasize esize snapshot
  codepage shortname utf8 nonumtail quiet flush showexec sys_immutable usefree tz check allow_utime nls hide norock
  trans msize access posixacl cachetag aname version dfltuid dfltgid afid
  secret mds_namespace fsid mon_addr wsync nowsync dcache nodcache copyfrom nocopyfrom dirstat nodirstat rbytes norbytes asyncreaddir
  noasyncreaddir caps_max readdir_max_bytes readdir_max_entries caps_wanted_delay_min caps_wanted_delay_max recover_session
  casesensitive caseinsensitive casemixed saxattr dirxattr zfsutil
`.trim().split(/\s+/));

/** Whether this is an option, or the name of one with a value, that says nothing but what the kernel does. */
export function isOptionName(name: string): boolean {
  return NAMES.has(name);
}
