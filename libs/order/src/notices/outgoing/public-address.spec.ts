import { addressesOf, isPublic } from './public-address';

describe('a public address', () => {
  it.each(['93.184.215.14', '1.1.1.1', '2606:4700:4700::1111'])('is %s', (address) => expect(isPublic(address)).toBe(true));

  it.each([
    '127.0.0.1', '127.8.8.8', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255',
    '192.0.2.1', '198.18.0.1', '240.0.0.1', '::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1',
    '2002:7f00:1::', '2001:db8::1', 'ff02::1', 'not an address',
  ])('is not %s', (address) => expect(isPublic(address)).toBe(false));

  it.each([
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://127.1:8080/', '127.0.0.1'],
    ['http://[::1]/', '::1'],
    ['http://[::ffff:7f00:1]/', '::ffff:7f00:1'],
  ])('is seen through other spellings: %s', async (url, address) => {
    const [found] = await addressesOf(new URL(url), () => Promise.reject(new Error('not asked')));
    expect(found?.address).toBe(address);
    expect(isPublic(found?.address ?? '')).toBe(false);
  });
});
