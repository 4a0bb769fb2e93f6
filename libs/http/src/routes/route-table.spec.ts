import { RouteTable } from './route-table';

describe('the methods of a path', () => {
  const table = new RouteTable();
  table.add('GET', '/v1/orders/:id');
  table.add(['POST', 'DELETE'], '/v1/orders/:id');
  table.add('GET', '/v1/orders/mine');
  table.add('GET', '/docs/*');
  table.add('GET', '/');

  it.each([
    ['/', ['GET']],
    ['/v1/orders/1', ['DELETE', 'GET', 'POST']],
    ['/v1/orders/mine', ['DELETE', 'GET', 'POST']],
    ['/docs/a/b.js', ['GET']],
    ['/v1/orders', []],
    ['/v1/orders/', []],
    ['/v1/orders/1/2', []],
    ['/v1/ordersX1', []],
  ])('%s has %j', (path, methods) => expect(table.methodsOf(path)).toEqual(methods));
});
