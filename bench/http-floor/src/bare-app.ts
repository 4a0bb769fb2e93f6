import 'reflect-metadata';
import { Body, Controller, Get, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { cart } from './cart';

class AddItemDto {
  @IsString()
  @Length(1, 64)
  productId: string = '';

  @IsInt()
  @Min(1)
  @Max(999)
  quantity: number = 0;
}

@Controller('v1/cart')
class BareController {
  @Get()
  view() {
    return cart;
  }

  @Post('items')
  @HttpCode(200)
  add(@Body() { quantity }: AddItemDto) {
    return { ...cart, revision: quantity };
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

/** What the figures are compared with: Nest, Fastify and class-validator as their documentation says, and nothing else. */
export async function startBareApp(): Promise<string> {
  const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }));
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}
