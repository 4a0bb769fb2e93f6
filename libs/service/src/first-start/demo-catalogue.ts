import type { CommandBus } from '@nestjs/cqrs';
import { AdjustStock } from '@tillroll/inventory/http/adjust-stock';
import { CreateProduct } from '@tillroll/inventory/http/change-products';
import { money } from '@tillroll/kernel';
import { causeOfStep } from './first-start';

const PRODUCTS = [
  { productId: 'earl-grey-100', name: 'Earl Grey, 100 g', description: 'Black tea with bergamot, loose leaf.', price: money(690, 'EUR'), stock: 200 },
  { productId: 'sencha-100', name: 'Sencha, 100 g', description: 'Green tea from Shizuoka, first flush.', price: money(1_250, 'EUR'), stock: 80 },
  { productId: 'teapot-iron', name: 'Cast iron teapot, 0.8 l', description: 'Enamelled inside, with a strainer of steel.', price: money(5_900, 'EUR'), stock: 25 },
  { productId: 'cup-double', name: 'Double-walled glass, set of 2', description: 'Keeps tea hot and fingers cool.', price: money(1_990, 'EUR'), stock: 60 },
  { productId: 'kettle-gooseneck', name: 'Gooseneck kettle, 1 l', description: 'Holds any temperature from 40 to 100 °C.', price: money(12_990, 'EUR'), stock: 12 },
  {
    productId: 'gyokuro-50',
    name: 'Gyokuro, 50 g',
    description: 'Shaded green tea, this year 40 tins. Two per customer a month.',
    price: money(3_400, 'EUR'),
    purchaseLimit: { quantity: 2, days: 30 },
    stock: 40,
  },
] as const;

/** A small catalogue with stock, so that an empty shop can be tried out at once. Safe to repeat. */
export async function openDemoCatalogue(commands: CommandBus): Promise<void> {
  for (const { stock, ...details } of PRODUCTS) {
    const { productId } = details;
    await commands.execute(new CreateProduct(details, causeOfStep('product', productId)));
    await commands.execute(new AdjustStock(productId, { delta: stock }, 'demonstration stock', causeOfStep('stock', productId), undefined));
  }
}
