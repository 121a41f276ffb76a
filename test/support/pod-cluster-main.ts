import { once } from 'node:events';
import { clusterHere } from './cluster-here.ts';

// See `joinCluster`: this runs in the network of a Pod, until its standard input ends.
await using _cluster = await clusterHere('127.0.0.1');
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
