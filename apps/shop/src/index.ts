export { type RunningShop, type ShopOptions, startShop } from './start-shop';
